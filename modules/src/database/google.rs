//! Databases of Cloud SQL.

use provision_architecture::spec::DatabaseKind;
use serde::Serialize;

use super::Database;
use crate::RenderError;
use crate::google::BootValue;
use crate::naming::{Naming, Resource};
use crate::network::google::Places;
use crate::text::Expr;

#[derive(Serialize)]
pub(crate) struct Context {
    version: String,
    machine_type: String,
    servers: Vec<Server>,
    standby: bool,
    storage_gb: u64,
    most_storage_gb: u64,
    database: Option<&'static str>,
    user: &'static str,
    network: Expr,
    peering: Option<Expr>,
    flags: Vec<Setting>,
    /// MySQL calls what point-in-time recovery needs otherwise.
    binary_log: bool,
    has_insights: bool,
    /// Whether the server wants a password at its birth.
    first_password: Option<Expr>,
    /// The address that a login may come from: MySQL's word.
    any_host: bool,
    backup_days: u64,
    secret: Resource,
}

#[derive(Serialize)]
struct Server {
    server: Resource,
    zone: Option<String>,
}

#[derive(Serialize)]
struct Setting {
    name: &'static str,
    value: String,
}

/// `account` is one that every deployment of the platform has.
pub(crate) fn context(
    database: &Database,
    zones: &[String],
    places: &Places,
    account: &str,
    naming: &Naming<'_>,
) -> Result<Context, RenderError> {
    if zones.len() < 2 && database.standby {
        return Err(RenderError::impossible(
            "backends.database.multi_zone",
            "a standby stands in another zone, and there is one zone only",
            "set `cloud.zones` to 2 or more",
        ));
    }
    let sqlserver = database.kind == DatabaseKind::Sqlserver;
    let servers = (0..database.servers).map(|number| server(database, number, zones, naming));
    Ok(Context {
        version: version(database)?,
        machine_type: database.machine.clone().unwrap_or_else(|| machine_type(database).to_owned()),
        servers: servers.collect::<Result<_, RenderError>>()?,
        standby: database.standby,
        storage_gb: database.storage_gb,
        most_storage_gb: database.storage_gb * 5,
        database: database.database.filter(|_| !sqlserver),
        // The administrator of SQL Server can make the platform's database; elsewhere it is made here.
        user: if sqlserver { "sqlserver" } else { "provision" },
        network: places.network.clone(),
        peering: places.peering.clone(),
        flags: flags(database),
        binary_log: database.kind == DatabaseKind::Mysql,
        has_insights: !sqlserver,
        first_password: sqlserver
            .then(|| {
                let unguessed = Expr::reference(format!("google_service_account.{account}.unique_id"))?;
                Ok::<_, RenderError>(Expr::joined("First-", &unguessed, ""))
            })
            .transpose()?,
        any_host: database.kind == DatabaseKind::Mysql,
        backup_days: database.backup_days,
        secret: naming.resource("google_secret_manager_secret", "database", "database")?,
    })
}

/// What Cloud SQL calls a release.
fn version(database: &Database) -> Result<String, RenderError> {
    let version = database.version.clone().unwrap_or_default();
    let refusal =
        |what: &str, instead: &str| Err(RenderError::impossible("backends.database.kind", what, instead));
    match database.kind {
        DatabaseKind::Postgres => Ok(format!("POSTGRES_{}", version.split('.').next().unwrap_or(&version))),
        DatabaseKind::Mysql => Ok(format!("MYSQL_{}", super::mysql_line(&version)?.join("_"))),
        DatabaseKind::Sqlserver if ["2017", "2019", "2022"].contains(&version.as_str()) => {
            Ok(format!("SQLSERVER_{version}_STANDARD"))
        }
        DatabaseKind::Sqlserver => Err(RenderError::impossible(
            "backends.database.version",
            format!("Cloud SQL has no SQL Server {version}"),
            "choose 2017, 2019 or 2022",
        )),
        DatabaseKind::AzureSql => {
            refusal("Google Cloud has no Azure SQL Database", "choose `sqlserver`, which Cloud SQL runs")
        }
        DatabaseKind::H2 => refusal("H2 lives inside a process", "choose `postgres`"),
    }
}

fn machine_type(database: &Database) -> &'static str {
    match (database.kind, database.highly_available) {
        (DatabaseKind::Sqlserver, _) => "db-custom-4-15360",
        (_, true) => "db-custom-2-7680",
        (_, false) => "db-custom-1-3840",
    }
}

fn flags(database: &Database) -> Vec<Setting> {
    let setting = |name, value: &str| Setting { name, value: value.to_owned() };
    let mut flags = match database.kind {
        DatabaseKind::Postgres => vec![
            setting("log_checkpoints", "on"),
            setting("log_connections", "on"),
            setting("log_disconnections", "on"),
            setting("log_lock_waits", "on"),
        ],
        DatabaseKind::Mysql => vec![setting("local_infile", "off")],
        DatabaseKind::Sqlserver => vec![
            setting("contained database authentication", "off"),
            setting("cross db ownership chaining", "off"),
        ],
        _ => Vec::new(),
    };
    if let Some(connections) = database.max_connections
        && database.kind != DatabaseKind::Sqlserver
    {
        flags.push(setting("max_connections", &connections.to_string()));
    }
    flags
}

fn server(
    database: &Database,
    number: usize,
    zones: &[String],
    naming: &Naming<'_>,
) -> Result<Server, RenderError> {
    let what = if database.servers > 1 { format!("database-{number}") } else { "database".to_owned() };
    let zone = database.zones.get(number).and_then(|zone| zones.get(*zone)).cloned();
    Ok(Server {
        server: naming.resource("google_sql_database_instance", &database.local(number), &what)?,
        zone: zone.filter(|_| !database.standby),
    })
}

/// What the machines read at boot.
pub(crate) fn values(database: &Database) -> Result<Vec<BootValue>, RenderError> {
    let mut values = Vec::new();
    for number in 0..database.servers {
        let folder = if database.servers > 1 { format!("database/{number}") } else { "database".to_owned() };
        let server = database.local(number);
        values.push(BootValue::reference(
            format!("{folder}/host"),
            format!("google_sql_database_instance.{server}.private_ip_address"),
        )?);
        values.push(BootValue::reference(
            format!("{folder}/secret"),
            "google_secret_manager_secret.database.secret_id",
        )?);
    }
    Ok(values)
}
