use provision_architecture::spec::Runtime;

use crate::parity::{Becomes, Part};

/// What each part becomes on Azure.
pub(super) fn becomes(part: Part, runtime: Runtime) -> Becomes {
    let service = match (part, runtime) {
        (Part::ManagedKafka, _) => {
            return Becomes::Nothing { instead: "choose `managed: false`: Kafka on machines" };
        }
        (Part::ManagedSearch, _) => {
            return Becomes::Nothing { instead: "choose `managed: false`: search on machines" };
        }
        (Part::Network, _) => "virtual network over all zones, zone-redundant way out, private endpoints",
        (Part::Security, Runtime::Kubernetes) => {
            "an application security group for each node pool; the cluster's own network security group"
        }
        (Part::Security, Runtime::Machines) => {
            "a network security group and an application security group for each component"
        }
        (Part::LoadBalancer, Runtime::Kubernetes) => {
            "Application Gateway where TLS ends, in front of the cluster's Standard Load Balancer"
        }
        (Part::LoadBalancer, Runtime::Machines) => {
            "Application Gateway where TLS ends, Standard Load Balancer where it doesn't"
        }
        (Part::InnerBalancer, Runtime::Kubernetes) => "Service of Kubernetes",
        (Part::InnerBalancer, Runtime::Machines) => "internal Standard Load Balancer",
        (Part::Components, Runtime::Kubernetes) => "Azure Kubernetes Service: a node pool in each zone",
        (Part::Components, Runtime::Machines) => "virtual machine scale sets, balanced over all zones",
        (Part::Postgres, _) => "Azure Database for PostgreSQL flexible server",
        (Part::Mysql, _) => "Azure Database for MySQL flexible server",
        (Part::SqlServer, _) => "Azure SQL Database, log-in by identity only",
        (Part::KafkaOnMachines | Part::SearchOnMachines, _) => "virtual machines with a managed disk each",
        (Part::ObjectStorage, _) => "Blob Storage, zone-redundant",
        (Part::SharedFiles, _) => "Azure Files (SMB), zone-redundant",
        (Part::Identity, Runtime::Kubernetes) => "managed identities by Workload ID",
        (Part::Identity, Runtime::Machines) => "user-assigned managed identity of each component",
        (Part::Secrets, Runtime::Kubernetes) => "Azure Key Vault by External Secrets",
        (Part::Secrets, Runtime::Machines) => "Azure Key Vault",
        (Part::KernelParameters, Runtime::Kubernetes) => {
            "configuration of the nodes; sysctls of pods, allowed by the kubelet; a DaemonSet"
        }
        (Part::KernelParameters, Runtime::Machines) => "sysctl.d and a unit of systemd",
        (Part::Alarms, Runtime::Machines) => "metric alerts of Azure Monitor",
        (Part::Alarms, Runtime::Kubernetes) => "rules for the Prometheus of the cluster",
    };
    Becomes::Service(service)
}
