use provision_architecture::spec::Runtime;

use crate::parity::{Becomes, Part};

/// What each part becomes on AWS.
pub(super) fn becomes(part: Part, runtime: Runtime) -> Becomes {
    let service = match (part, runtime) {
        (Part::Network, _) => "VPC: private and public subnets in each zone, a NAT gateway in each",
        (Part::Security, Runtime::Machines) => "security groups, one for each component",
        (Part::Security, Runtime::Kubernetes) => "security groups, one for each node pool",
        (Part::LoadBalancer, _) => "Elastic Load Balancing: Application or Network Load Balancer",
        (Part::InnerBalancer, Runtime::Machines) => "internal Network Load Balancer",
        (Part::InnerBalancer, Runtime::Kubernetes) => "Service of Kubernetes",
        (Part::Components, Runtime::Machines) => "EC2 Auto Scaling groups over all zones",
        (Part::Components, Runtime::Kubernetes) => "Amazon EKS: a managed node group in each zone",
        (Part::Postgres, _) => "Amazon RDS for PostgreSQL",
        (Part::Mysql, _) => "Amazon RDS for MySQL",
        (Part::SqlServer, _) => "Amazon RDS for SQL Server",
        (Part::ManagedKafka, _) => "Amazon MSK",
        (Part::KafkaOnMachines | Part::SearchOnMachines, _) => "EC2 instances with an EBS volume each",
        (Part::ManagedSearch, _) => "Amazon OpenSearch Service",
        (Part::ObjectStorage, _) => "Amazon S3",
        (Part::SharedFiles, _) => "Amazon EFS",
        (Part::Identity, Runtime::Machines) => "IAM role and instance profile of each component",
        (Part::Identity, Runtime::Kubernetes) => "IAM roles by EKS Pod Identity",
        (Part::Secrets, Runtime::Machines) => "AWS Secrets Manager",
        (Part::Secrets, Runtime::Kubernetes) => "AWS Secrets Manager by External Secrets",
        (Part::KernelParameters, Runtime::Machines) => "sysctl.d and a unit of systemd",
        (Part::KernelParameters, Runtime::Kubernetes) => {
            "sysctls of pods, allowed by the kubelet; a DaemonSet"
        }
        (Part::Alarms, Runtime::Machines) => "CloudWatch alarms, mail by Amazon SNS",
        (Part::Alarms, Runtime::Kubernetes) => "rules for the Prometheus of the cluster",
    };
    Becomes::Service(service)
}
