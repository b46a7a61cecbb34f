use provision_architecture::spec::Runtime;

use crate::parity::{Becomes, Part};

/// What each part becomes on Google Cloud.
pub(super) fn becomes(part: Part, runtime: Runtime) -> Becomes {
    let service = match (part, runtime) {
        (Part::ManagedSearch, _) => return Becomes::Nothing { instead: "set `managed: false`" },
        (Part::Network, _) => "VPC: a private subnet of the region, Cloud NAT, private services access",
        (Part::Security, Runtime::Machines) => "firewall rules between service accounts",
        (Part::Security, Runtime::Kubernetes) => "firewall rules between the service accounts of node pools",
        (Part::LoadBalancer, _) => "Cloud Load Balancing: global and external, or regional and internal",
        (Part::InnerBalancer, Runtime::Machines) => "internal passthrough Network Load Balancer",
        (Part::InnerBalancer, Runtime::Kubernetes) => "Service of Kubernetes",
        (Part::Components, Runtime::Machines) => "regional managed instance groups over all zones",
        (Part::Components, Runtime::Kubernetes) => "Google Kubernetes Engine: a node pool in each zone",
        (Part::Postgres, _) => "Cloud SQL for PostgreSQL",
        (Part::Mysql, _) => "Cloud SQL for MySQL",
        (Part::SqlServer, _) => "Cloud SQL for SQL Server",
        (Part::ManagedKafka, _) => {
            "Managed Service for Apache Kafka, for programs that log in with Google's tokens"
        }
        (Part::KafkaOnMachines | Part::SearchOnMachines, _) => {
            "Compute Engine instances with a disk of their zone each"
        }
        (Part::ObjectStorage, _) => "Cloud Storage",
        (Part::SharedFiles, _) => "Filestore, regional",
        (Part::Identity, Runtime::Machines) => "service account of each component",
        (Part::Identity, Runtime::Kubernetes) => "service accounts by Workload Identity",
        (Part::Secrets, Runtime::Machines) => "Secret Manager",
        (Part::Secrets, Runtime::Kubernetes) => "Secret Manager by External Secrets",
        (Part::KernelParameters, Runtime::Machines) => "sysctl.d and a unit of systemd",
        (Part::KernelParameters, Runtime::Kubernetes) => {
            "system configuration of the nodes; sysctls of pods, allowed by the kubelet; a DaemonSet"
        }
        (Part::Alarms, Runtime::Machines) => "alert policies of Cloud Monitoring",
        (Part::Alarms, Runtime::Kubernetes) => "rules for the Prometheus of the cluster",
    };
    Becomes::Service(service)
}
