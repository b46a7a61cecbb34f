//! Faults planted in good plans for Azure.

use super::Edit::{Gone, Refers, Value, WaitsForNothing};
use super::{Fault, notices};

const SET: &str = "azurerm_linux_virtual_machine_scale_set.worker";
const MACHINE: &str = "azurerm_linux_virtual_machine";
const DISK: &str = "azurerm_managed_disk";
const ACCOUNT: &str = "azurerm_storage_account";
const VAULT: &str = "azurerm_key_vault";
const FLEXIBLE: &str = "azurerm_postgresql_flexible_server";
const SQL: &str = "azurerm_mssql_database";
const SERVER: &str = "azurerm_mssql_server";

#[test]
fn faults_of_flexible_servers_are_noticed() {
    const FAULTS: &[Fault] = &[
        (Gone(FLEXIBLE), "2 databases, not 3"),
        (Gone("azurerm_management_lock.database_2"), "may be deleted"),
        (Refers("azurerm_management_lock.database_1", "/scope", &[]), "may be deleted"),
        (Value(FLEXIBLE, "/high_availability/0/mode", "\"SameZone\""), "standby"),
        (Value(FLEXIBLE, "/backup_retention_days", "3"), "3 days of backups"),
        (Value(FLEXIBLE, "/public_network_access_enabled", "true"), "public"),
        (Value(FLEXIBLE, "/administrator_password", "\"hunter2\""), "password"),
        (Value(FLEXIBLE, "/tags/provision-address", "\"x\""), "does not carry its tags"),
    ];
    notices("rudderstack-multi-zone-azure", FAULTS);
}

#[test]
fn faults_of_sql_databases_and_shared_files_are_noticed() {
    const FAULTS: &[Fault] = &[
        (Value(SQL, "/zone_redundant", "false"), "standby"),
        (Value(SQL, "/short_term_retention_policy/0/retention_days", "1"), "1 days of backups"),
        (Value(SQL, "/transparent_data_encryption_enabled", "false"), "not encrypted"),
        (Value(SERVER, "/public_network_access_enabled", "true"), "public"),
        (Value(SERVER, "/azuread_administrator/0/azuread_authentication_only", "false"), "password"),
        (Gone("azurerm_backup_protected_file_share"), "files without backups"),
    ];
    notices("azure-machines-octopus-high-availability", FAULTS);
}

#[test]
fn faults_of_scale_sets_are_noticed() {
    const FAULTS: &[Fault] = &[
        (Gone(SET), "worker: no group of machines"),
        (Value(SET, "/zones", "[\"1\"]"), "1 zones, not 3"),
        (Value(SET, "/zone_balance", "true"), "can't grow while a zone is lost"),
        (Value(SET, "/overprovision", "true"), "more machines than asked for"),
        (Value(SET, "/termination_notification/0/enabled", "false"), "no time to finish"),
        (Value(SET, "/disable_password_authentication", "false"), "log-in by password"),
        (Value(SET, "/admin_username", "\"operator\""), "beside a group of its name"),
        (Value(SET, "/extension", "[]"), "without asking whether it is well"),
        (Value(SET, "/automatic_instance_repair/0/enabled", "false"), "nobody replaces"),
        (
            Value(
                "azurerm_linux_virtual_machine_scale_set.webserver",
                "/automatic_instance_repair/0/enabled",
                "false",
            ),
            "does not answer stays",
        ),
        (
            Value(SET, "/network_interface/0/ip_configuration/0/public_ip_address", "[{\"name\": \"main\"}]"),
            "its machines are not private",
        ),
        (
            Value(SET, "/extension/0/settings", "\"{\\\"protocol\\\": \\\"tcp\\\", \\\"port\\\": 22}\""),
            "asks",
        ),
        (
            Value(
                "azurerm_linux_virtual_machine_scale_set.webserver",
                "/extension/0/settings",
                "\"{\\\"protocol\\\": \\\"tcp\\\", \\\"port\\\": 9099}\"",
            ),
            "asks",
        ),
        (
            Refers(
                "azurerm_linux_virtual_machine_scale_set.webserver",
                "/network_interface/0/ip_configuration/0/application_gateway_backend_address_pool_ids",
                &[],
            ),
            "does not send to every machine",
        ),
        (Gone("azurerm_monitor_metric_alert.worker_unhealthy"), "nobody is told when it gives up"),
        (Value(SET, "/tags/provision-deployment", "\"x\""), "does not carry its tags"),
    ];
    notices("kestra-high-availability-azure", FAULTS);
}

#[test]
fn faults_of_clusters_on_machines_are_noticed() {
    const FAULTS: &[Fault] = &[
        (Gone(DISK), "nodes in"),
        (Value(DISK, "/zone", "\"1\""), "nodes in"),
        (Value(DISK, "/network_access_policy", "\"AllowAll\""), "may be copied from anywhere"),
        (Value(MACHINE, "/zone", "\"1\""), "its disk is in another zone"),
        (
            WaitsForNothing("azurerm_linux_virtual_machine.kafka_broker_1"),
            "may change together with the one before it",
        ),
    ];
    notices("kestra-high-availability-azure", FAULTS);
}

#[test]
fn faults_of_addresses_and_filters_are_noticed() {
    const FAULTS: &[Fault] = &[
        (Value("azurerm_public_ip.gateway", "/zones", "[\"1\"]"), "does not stand in every zone"),
        (Value("azurerm_public_ip.exit", "/zones", "[]"), "does not stand in every zone"),
        (Value("azurerm_application_gateway", "/zones", "[\"1\", \"2\"]"), "does not stand in every zone"),
        (Gone("azurerm_application_gateway"), "0 load balancers are public"),
        (Gone("azurerm_lb_outbound_rule"), "no way out"),
        (Gone("azurerm_network_security_rule.worker_to_others"), "nothing is refused"),
        (
            Value("azurerm_network_security_rule.worker_from_others", "/access", "\"Allow\""),
            "nothing is refused",
        ),
        (Value("azurerm_network_security_rule.worker_from_others", "/priority", "300"), "nothing is refused"),
    ];
    notices("kestra-high-availability-azure", FAULTS);
    const PASSING: &[Fault] = &[
        (
            Value("azurerm_lb.transformer", "/frontend_ip_configuration/0/zones", "[\"1\"]"),
            "does not stand in every zone",
        ),
        (Value("azurerm_lb_probe", "/protocol", "\"Tcp\""), "asks the port only"),
        (Value("azurerm_lb_probe", "/request_path", "null"), "asks the port only"),
        (
            Value(
                "azurerm_network_security_rule.server_from_monitoring_9100",
                "/source_address_prefix",
                "\"Internet\"",
            ),
            "port 9100 is open to the world",
        ),
    ];
    notices("rudderstack-multi-zone-azure", PASSING);
}

#[test]
fn faults_of_storage_and_vaults_are_noticed() {
    const FAULTS: &[Fault] = &[
        (Value(ACCOUNT, "/account_replication_type", "\"LRS\""), "not in three zones"),
        (Value(ACCOUNT, "/public_network_access_enabled", "true"), ": public"),
        (Value(ACCOUNT, "/allow_nested_items_to_be_public", "true"), "may be public"),
        (Value(ACCOUNT, "/min_tls_version", "\"TLS1_0\""), "old TLS"),
        (Value(ACCOUNT, "/https_traffic_only_enabled", "false"), "plain text"),
        (Value(ACCOUNT, "/blob_properties/0/versioning_enabled", "false"), "forgets what is overwritten"),
        (Value(VAULT, "/rbac_authorization_enabled", "false"), "access by lists of its own"),
        (Value(VAULT, "/purge_protection_enabled", "false"), "may be purged"),
        (Value(VAULT, "/network_acls/0/default_action", "\"Allow\""), "open to the internet"),
    ];
    notices("kestra-high-availability-azure", FAULTS);
}
