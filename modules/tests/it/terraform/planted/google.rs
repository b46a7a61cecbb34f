//! Faults planted in good plans for Google Cloud.

use super::Edit::{Gone, Refers, Value};
use super::{Fault, notices};

const DATABASE: &str = "google_sql_database_instance";
const GROUP: &str = "google_compute_region_instance_group_manager.transformer";
const TEMPLATE: &str = "google_compute_region_instance_template";
const MACHINE: &str = "google_compute_instance";
const BUCKET: &str = "google_storage_bucket";
const SERVICE: &str = "google_compute_backend_service";

#[test]
fn faults_of_databases_are_noticed() {
    const FAULTS: &[Fault] = &[
        (Gone(DATABASE), "2 databases, not 3"),
        (Value(DATABASE, "/deletion_protection", "false"), "may be deleted"),
        (Value(DATABASE, "/settings/0/deletion_protection_enabled", "false"), "may be deleted"),
        (Value(DATABASE, "/settings/0/availability_type", "\"ZONAL\""), "standby"),
        (Value(DATABASE, "/settings/0/backup_configuration/0/enabled", "false"), "0 days of backups"),
        (
            Value(DATABASE, "/settings/0/backup_configuration/0/point_in_time_recovery_enabled", "false"),
            "0 days of backups",
        ),
        (
            Value(
                DATABASE,
                "/settings/0/backup_configuration/0/backup_retention_settings/0/retained_backups",
                "3",
            ),
            "3 days of backups",
        ),
        (
            Value(DATABASE, "/settings/0/ip_configuration/0/ssl_mode", "\"ALLOW_UNENCRYPTED_AND_ENCRYPTED\""),
            "not encrypted",
        ),
        (Value(DATABASE, "/settings/0/ip_configuration/0/ipv4_enabled", "true"), "public"),
        (Value("google_sql_user", "/password", "\"hunter2hunter2hunter2\""), "password"),
        (Value("google_secret_manager_secret_version", "/secret_data", "\"hunter2\""), "password"),
        (Value(DATABASE, "/settings/0/user_labels/provision-deployment", "\"x\""), "does not carry its tags"),
    ];
    notices("rudderstack-multi-zone-google", FAULTS);
}

#[test]
fn faults_of_groups_and_machines_are_noticed() {
    const FAULTS: &[Fault] = &[
        (Gone(GROUP), "transformer: no group of machines"),
        (Value(GROUP, "/distribution_policy_zones", "[\"europe-west4-a\"]"), "1 zones, not 3"),
        (
            Value(
                GROUP,
                "/distribution_policy_zones",
                "[\"europe-west4-a\", \"europe-west4-b\", \"europe-west4-f\"]",
            ),
            "europe-west4-f",
        ),
        (Value(GROUP, "/distribution_policy_target_shape", "\"ANY\""), "not even over the zones"),
        (Value(GROUP, "/update_policy/0/max_surge_fixed", "1"), "below the number of zones"),
        (Value(GROUP, "/target_size", "null"), "both a size and an autoscaler"),
        (Value(GROUP, "/auto_healing_policies", "[]"), "nobody replaces a machine that is sick"),
        (
            Value("google_compute_region_instance_group_manager.server_0", "/auto_healing_policies", "[]"),
            "does not answer stays",
        ),
        (
            Value(TEMPLATE, "/network_interface/0/access_config", "[{\"network_tier\": \"PREMIUM\"}]"),
            "has a public address",
        ),
        (
            Value(TEMPLATE, "/network_interface/0/access_config", "[{\"network_tier\": \"PREMIUM\"}]"),
            "its machines are not private",
        ),
        (
            Value(MACHINE, "/network_interface/0/access_config", "[{\"network_tier\": \"PREMIUM\"}]"),
            "has a public address",
        ),
        (
            Value(TEMPLATE, "/shielded_instance_config/0/enable_secure_boot", "false"),
            "boots what nobody signed",
        ),
        (Value(TEMPLATE, "/metadata/enable-oslogin", "\"FALSE\""), "keys of the project open it"),
        (Value(MACHINE, "/metadata/block-project-ssh-keys", "\"FALSE\""), "keys of the project open it"),
        (Value(TEMPLATE, "/service_account", "[]"), "default account"),
        (Value("google_compute_disk", "/create_snapshot_before_destroy", "false"), "a last snapshot"),
        (Value("google_compute_disk", "/zone", "\"europe-west4-c\""), "nodes in"),
        (Value(MACHINE, "/zone", "\"europe-west4-c\""), "its disk is in another zone"),
        (Value(MACHINE, "/metadata/provision-instance", "\"7\""), "does not know its number"),
        (Gone("google_compute_disk"), "nodes in"),
    ];
    notices("rudderstack-multi-zone-google", FAULTS);
}

#[test]
fn faults_of_load_balancers_and_of_the_network_are_noticed() {
    const FAULTS: &[Fault] = &[
        (Refers(SERVICE, "/backend/0/group", &[]), "does not send to every machine"),
        (Refers(SERVICE, "/security_policy", &[]), "everybody on the internet may come"),
        (Value("google_compute_health_check", "/http_health_check/0/port", "80"), "asks"),
        (Value("google_compute_health_check", "/http_health_check/0/request_path", "\"/\""), "asks"),
        (Value("google_compute_region_health_check", "/http_health_check/0/port", "80"), "asks"),
        (Value("google_compute_global_forwarding_rule", "/port_range", "\"22\""), "is open to the world"),
        (
            Value("google_compute_forwarding_rule", "/load_balancing_scheme", "\"EXTERNAL\""),
            "2 load balancers are public",
        ),
        (Gone("google_compute_global_address.main"), "0 load balancers are public"),
        (
            Value(
                "google_compute_firewall.server_from_load_balancer_8080",
                "/source_ranges",
                "[\"0.0.0.0/0\"]",
            ),
            "port 8080 is open to the world",
        ),
        (
            Refers("google_compute_firewall.server_from_health_checks_8080", "/target_service_accounts", &[]),
            "is for every machine of the network",
        ),
        (Gone("google_compute_firewall.server_to_anywhere_else"), "its machines reach everything"),
        (
            Value("google_compute_firewall.server_to_anywhere_else", "/deny", "[]"),
            "its machines reach everything",
        ),
        (
            Refers("google_compute_firewall.server_to_anywhere_else", "/target_service_accounts", &[]),
            "its machines reach everything",
        ),
        (Gone("google_compute_router_nat"), "no way out"),
    ];
    notices("rudderstack-multi-zone-google", FAULTS);
}

#[test]
fn faults_of_storage_and_tags_are_noticed() {
    const FAULTS: &[Fault] = &[
        (Value(BUCKET, "/public_access_prevention", "\"inherited\""), "may be public"),
        (Value(BUCKET, "/uniform_bucket_level_access", "false"), "may be public"),
        (Value(BUCKET, "/versioning/0/enabled", "false"), "forgets"),
        (Value(BUCKET, "/labels/provision-deployment", "\"x\""), "does not carry its tags"),
        (
            Value("google_monitoring_alert_policy", "/user_labels/provision-deployment", "\"x\""),
            "does not carry its tags",
        ),
    ];
    notices("rudderstack-multi-zone-google", FAULTS);
    const FILES: &[Fault] = &[
        (Value("google_filestore_instance", "/tier", "\"ZONAL\""), "lost with a zone"),
        (Value("google_filestore_instance", "/deletion_protection_enabled", "false"), "may be deleted"),
    ];
    notices("octopus-high-availability-google", FILES);
}

#[test]
fn faults_of_machines_that_look_after_themselves_are_noticed() {
    const CHECK: &str = "google_compute_region_health_check.worker_repair";
    const FAULTS: &[Fault] = &[
        (Value(CHECK, "/tcp_health_check/0/port", "8081"), "asks"),
        (Gone("google_compute_firewall.worker_from_health_checks_9099"), "asks"),
        (
            Value("google_compute_firewall.worker_from_health_checks_9099", "/allow/0/ports", "[\"9100\"]"),
            "asks",
        ),
        (Gone("google_monitoring_alert_policy.worker_unhealthy"), "nobody is told when it gives up"),
    ];
    notices("kestra-high-availability-google", FAULTS);
}
