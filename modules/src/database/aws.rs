//! Databases of Amazon RDS.

use provision_architecture::spec::DatabaseKind;
use serde::Serialize;

use super::Database;
use crate::RenderError;
use crate::aws::{Parameter, parameter};
use crate::naming::{Naming, Resource};
use crate::network::aws::Places;
use crate::security::Member;
use crate::text::Expr;

#[derive(Serialize)]
pub(crate) struct Context {
    subnets: Expr,
    subnet_group: Resource,
    settings: Resource,
    family: String,
    engine: &'static str,
    engine_version: String,
    machine_type: String,
    servers: Vec<Server>,
    standby: bool,
    storage_gb: u64,
    most_storage_gb: u64,
    database: Option<&'static str>,
    port: u16,
    security_groups: Expr,
    parameters: Vec<Setting>,
    logs: Expr,
    licence_included: bool,
    backup_days: u64,
    values: Vec<Parameter>,
}

#[derive(Serialize)]
struct Server {
    server: Resource,
    zone: Option<String>,
    final_snapshot: String,
}

#[derive(Serialize)]
struct Setting {
    name: &'static str,
    value: String,
    /// Whether it holds only from the next restart on.
    needs_restart: bool,
}

/// How RDS calls a database.
struct Engine {
    name: &'static str,
    /// Of the parameter group.
    family: String,
    version: String,
    machine_type: &'static str,
    logs: &'static [&'static str],
}

pub(crate) fn context(
    database: &Database,
    zones: &[String],
    places: &Places,
    naming: &Naming<'_>,
) -> Result<Context, RenderError> {
    if zones.len() < 2 && database.standby {
        return Err(RenderError::impossible(
            "backends.database.multi_zone",
            "a standby stands in another zone, and there is one zone only",
            "set `cloud.zones` to 2 or more",
        ));
    }
    let engine = engine(database)?;
    let servers = (0..database.servers).map(|number| server(database, number, zones, naming));
    let mut values = Vec::new();
    for number in 0..database.servers {
        values.extend(boot_values(database, number, naming)?);
    }
    Ok(Context {
        subnets: Expr::list(places.two_private.iter().cloned()),
        subnet_group: naming.resource("aws_db_subnet_group", "main", "")?,
        settings: naming.resource("aws_db_parameter_group", "main", "")?,
        family: engine.family,
        engine: engine.name,
        engine_version: engine.version,
        machine_type: database.machine.clone().unwrap_or_else(|| engine.machine_type.to_owned()),
        servers: servers.collect::<Result<_, RenderError>>()?,
        standby: database.standby,
        storage_gb: database.storage_gb,
        most_storage_gb: database.storage_gb * 5,
        database: database.database.filter(|_| database.kind != DatabaseKind::Sqlserver),
        port: database.port,
        security_groups: Expr::list([crate::security::aws::group(Member::Database)?]),
        parameters: parameters(database),
        logs: Expr::list(engine.logs.iter().map(|log| Expr::text(log))),
        licence_included: database.kind == DatabaseKind::Sqlserver,
        backup_days: database.backup_days,
        values,
    })
}

fn engine(database: &Database) -> Result<Engine, RenderError> {
    let version = database.version.clone().unwrap_or_default();
    let highly_available = database.highly_available;
    Ok(match database.kind {
        DatabaseKind::Postgres => Engine {
            name: "postgres",
            family: format!("postgres{}", version.split('.').next().unwrap_or(&version)),
            version,
            machine_type: if highly_available { "db.m7g.large" } else { "db.t4g.medium" },
            logs: &["postgresql", "upgrade"],
        },
        DatabaseKind::Mysql => Engine {
            name: "mysql",
            family: format!("mysql{}", super::mysql_line(&version)?.join(".")),
            version,
            machine_type: if highly_available { "db.m7g.large" } else { "db.t4g.medium" },
            logs: &["error", "slowquery"],
        },
        DatabaseKind::Sqlserver => {
            let internal = sqlserver_version(&version)?;
            Engine {
                // The smallest edition that can have a standby.
                name: "sqlserver-se",
                family: format!("sqlserver-se-{internal}.0"),
                version: format!("{internal}.00"),
                machine_type: "db.m6i.xlarge",
                logs: &["error"],
            }
        }
        DatabaseKind::AzureSql => {
            return Err(RenderError::impossible(
                "backends.database.kind",
                "AWS has no Azure SQL Database",
                "choose `sqlserver`, which Amazon RDS runs",
            ));
        }
        DatabaseKind::H2 => {
            return Err(RenderError::impossible(
                "backends.database.kind",
                "H2 lives inside a process",
                "choose `postgres`",
            ));
        }
    })
}

/// RDS calls a release by its internal number.
fn sqlserver_version(year: &str) -> Result<&'static str, RenderError> {
    match year {
        "2016" => Ok("13"),
        "2017" => Ok("14"),
        "2019" => Ok("15"),
        "2022" => Ok("16"),
        _ => Err(RenderError::impossible(
            "backends.database.version",
            format!("Amazon RDS has no SQL Server {year}"),
            "choose 2016, 2017, 2019 or 2022",
        )),
    }
}

fn parameters(database: &Database) -> Vec<Setting> {
    let setting = |name, value: &str, needs_restart| Setting { name, value: value.to_owned(), needs_restart };
    let mut parameters = match database.kind {
        DatabaseKind::Postgres => vec![setting("rds.force_ssl", "1", false)],
        DatabaseKind::Mysql => vec![setting("require_secure_transport", "1", false)],
        DatabaseKind::Sqlserver => vec![setting("rds.force_ssl", "1", true)],
        _ => Vec::new(),
    };
    if let Some(connections) = database.max_connections {
        match database.kind {
            DatabaseKind::Postgres => {
                parameters.push(setting("max_connections", &connections.to_string(), true));
            }
            DatabaseKind::Mysql => {
                parameters.push(setting("max_connections", &connections.to_string(), false));
            }
            _ => {}
        }
    }
    parameters
}

fn local(database: &Database, number: usize) -> String {
    if database.servers > 1 { format!("server_{number}") } else { "main".to_owned() }
}

fn server(
    database: &Database,
    number: usize,
    zones: &[String],
    naming: &Naming<'_>,
) -> Result<Server, RenderError> {
    let what = if database.servers > 1 { format!("database-{number}") } else { "database".to_owned() };
    let server = naming.resource("aws_db_instance", &local(database, number), &what)?;
    let zone = database.zones.get(number).and_then(|zone| zones.get(*zone)).cloned();
    Ok(Server {
        final_snapshot: format!("{}-final", server.name()),
        zone: zone.filter(|_| !database.standby),
        server,
    })
}

/// What the machines read at boot.
fn boot_values(
    database: &Database,
    number: usize,
    naming: &Naming<'_>,
) -> Result<Vec<Parameter>, RenderError> {
    let (folder, local_prefix) = if database.servers > 1 {
        (format!("database/{number}"), format!("database_{number}"))
    } else {
        ("database".to_owned(), "database".to_owned())
    };
    let server = local(database, number);
    [
        ("host", format!("aws_db_instance.{server}.address")),
        ("secret", format!("aws_db_instance.{server}.master_user_secret[0].secret_arn")),
    ]
    .into_iter()
    .map(|(value, from)| {
        parameter(
            naming,
            &format!("{local_prefix}_{value}"),
            &format!("{folder}/{value}"),
            Expr::reference(from)?,
        )
    })
    .collect()
}
