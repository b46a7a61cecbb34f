//! Flexible servers of PostgreSQL and MySQL, Azure SQL databases.

use provision_architecture::spec::DatabaseKind;
use serde::Serialize;

use super::Database;
use crate::RenderError;
use crate::azure::{Endpoint, PrivateAccess, Value, value, worldwide};
use crate::naming::{Naming, Resource, underscored};
use crate::network::azure::Places;
use crate::security::Member;
use crate::text::Expr;

#[derive(Serialize)]
pub(crate) struct Context {
    kind: &'static str,
    version: String,
    machine_type: String,
    servers: Vec<Server>,
    standby: bool,
    storage_gb: u64,
    backup_days: u64,
    connections: Option<u64>,
    /// Who logs in, where no password does.
    administrator: Option<Administrator>,
    password: Option<Resource>,
    access: PrivateAccess,
    values: Vec<Value>,
}

#[derive(Serialize)]
struct Server {
    server: Resource,
    name: Expr,
    zone: Option<String>,
    standby_zone: Option<String>,
    database: Resource,
    connections: Resource,
    lock: Resource,
    endpoint: String,
}

#[derive(Serialize)]
struct Administrator {
    name: Expr,
    id: Expr,
}

/// How Azure calls a database.
struct Engine {
    word: &'static str,
    server: &'static str,
    database: &'static str,
    configuration: &'static str,
    /// The name of the private address.
    zone: &'static str,
    part: &'static str,
    version: String,
    machine_type: &'static str,
}

pub(crate) fn is_sql(database: &Database) -> bool {
    matches!(database.kind, DatabaseKind::Sqlserver | DatabaseKind::AzureSql)
}

pub(crate) fn context(
    database: &Database,
    administrator: Option<&str>,
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
    let machine_type = machine_type(database, &engine)?;
    let servers = (0..database.servers).map(|number| server(database, &engine, number, zones, naming));
    let mut values = Vec::new();
    for number in 0..database.servers {
        values.extend(boot_values(database, number, naming)?);
    }
    Ok(Context {
        kind: engine.word,
        version: engine.version.clone(),
        machine_type,
        servers: servers.collect::<Result<_, RenderError>>()?,
        standby: database.standby,
        storage_gb: storage(database, &engine),
        backup_days: database.backup_days,
        connections: database.max_connections,
        administrator: administrator.filter(|_| is_sql(database)).map(identity).transpose()?,
        password: if is_sql(database) { None } else { Some(password(naming)?) },
        access: access(database, &engine, places, naming)?,
        values,
    })
}

fn identity(role: &str) -> Result<Administrator, RenderError> {
    let local = underscored(role);
    Ok(Administrator {
        name: Expr::reference(format!("azurerm_user_assigned_identity.{local}.name"))?,
        id: Expr::reference(format!("azurerm_user_assigned_identity.{local}.principal_id"))?,
    })
}

fn password(naming: &Naming<'_>) -> Result<Resource, RenderError> {
    let mut secret = naming.resource("azurerm_key_vault_secret", "database_password", "database-password")?;
    secret.rename("database-password".to_owned());
    Ok(secret)
}

fn engine(database: &Database) -> Result<Engine, RenderError> {
    let version = database.version.clone().unwrap_or_default();
    let burstable = !database.standby && !database.highly_available;
    Ok(match database.kind {
        DatabaseKind::Postgres => Engine {
            word: "postgres",
            server: "azurerm_postgresql_flexible_server",
            database: "azurerm_postgresql_flexible_server_database",
            configuration: "azurerm_postgresql_flexible_server_configuration",
            zone: "privatelink.postgres.database.azure.com",
            part: "postgresqlServer",
            version: version.split('.').next().unwrap_or(&version).to_owned(),
            machine_type: if burstable { "B_Standard_B2s" } else { "GP_Standard_D2ds_v5" },
        },
        DatabaseKind::Mysql => Engine {
            word: "mysql",
            server: "azurerm_mysql_flexible_server",
            database: "azurerm_mysql_flexible_database",
            configuration: "azurerm_mysql_flexible_server_configuration",
            zone: "privatelink.mysql.database.azure.com",
            part: "mysqlServer",
            version: mysql_version(&version)?.to_owned(),
            machine_type: if burstable { "B_Standard_B2s" } else { "GP_Standard_D2ds_v4" },
        },
        DatabaseKind::Sqlserver | DatabaseKind::AzureSql => Engine {
            word: "sql",
            server: "azurerm_mssql_server",
            database: "azurerm_mssql_database",
            configuration: "azurerm_mssql_database",
            zone: "privatelink.database.windows.net",
            part: "sqlServer",
            // The only one that there is: the service is always of today.
            version: "12.0".to_owned(),
            machine_type: "GP_Gen5_2",
        },
        DatabaseKind::H2 => {
            return Err(RenderError::impossible(
                "backends.database.kind",
                "H2 lives inside a process",
                "choose `postgres`",
            ));
        }
    })
}

fn mysql_version(version: &str) -> Result<&'static str, RenderError> {
    match version {
        "8.0" | "8.0.21" => Ok("8.0.21"),
        "8.4" => Ok("8.4"),
        _ => Err(RenderError::impossible(
            "backends.database.version",
            format!("Azure has no flexible server of MySQL {version}"),
            "choose 8.0 or 8.4",
        )),
    }
}

fn machine_type(database: &Database, engine: &Engine) -> Result<String, RenderError> {
    let Some(machine) = &database.machine else { return Ok(engine.machine_type.to_owned()) };
    let like = if is_sql(database) { "GP_Gen5_4" } else { "GP_Standard_D4ds_v5" };
    let families: &[&str] = if is_sql(database) {
        &["GP_", "BC_", "HS_"]
    } else {
        &["B_Standard_", "GP_Standard_", "MO_Standard_"]
    };
    if !families.iter().any(|family| machine.starts_with(family)) {
        return Err(RenderError::impossible(
            "backends.database.machine",
            format!("the database service has sizes of its own, and `{machine}` is none of them"),
            format!("choose one like `{like}`"),
        ));
    }
    if database.standby && machine.starts_with("B_") {
        return Err(RenderError::impossible(
            "backends.database.machine",
            "a burstable server can't have a standby",
            format!("choose one like `{like}`, or set `multi_zone: false`"),
        ));
    }
    Ok(machine.clone())
}

/// PostgreSQL's disks have fixed sizes: the next larger one.
fn storage(database: &Database, engine: &Engine) -> u64 {
    if engine.word != "postgres" {
        return database.storage_gb;
    }
    let sizes = [32, 64, 128, 256, 512, 1_024, 2_048, 4_096, 8_192, 16_384];
    sizes.into_iter().find(|size| *size >= database.storage_gb).unwrap_or(32_768)
}

fn server(
    database: &Database,
    engine: &Engine,
    number: usize,
    zones: &[String],
    naming: &Naming<'_>,
) -> Result<Server, RenderError> {
    let local = database.local(number);
    let what = if database.servers > 1 { format!("database-{number}") } else { "database".to_owned() };
    let at = database.zones.get(number).copied().unwrap_or(0);
    let next = (at + 1) % zones.len().max(1);
    let mut inside = naming.resource(engine.database, &local, &what)?;
    inside.rename(database.database.unwrap_or("Octopus").to_owned());
    let endpoint = if database.servers > 1 { format!("database_{number}") } else { "database".to_owned() };
    Ok(Server {
        server: naming.resource(engine.server, &local, &what)?,
        name: worldwide(naming, engine.server, &what)?,
        zone: zones.get(at).cloned(),
        standby_zone: zones.get(next).cloned().filter(|_| database.standby),
        database: inside,
        connections: naming.resource(engine.configuration, &format!("{local}_connections"), &what)?,
        lock: naming.resource("azurerm_management_lock", &endpoint, &what)?,
        endpoint,
    })
}

fn access(
    database: &Database,
    engine: &Engine,
    places: &Places,
    naming: &Naming<'_>,
) -> Result<PrivateAccess, RenderError> {
    let endpoints = (0..database.servers).map(|number| {
        let local = if database.servers > 1 { format!("database_{number}") } else { "database".to_owned() };
        let target = Expr::reference(format!("{}.{}.id", engine.server, database.local(number)))?;
        Endpoint::new(naming, &local, target, engine.part, Some(Member::Database))
    });
    let endpoints = endpoints.collect::<Result<_, RenderError>>()?;
    PrivateAccess::new(naming, "database", engine.zone, endpoints, places)
}

/// Where a server is reached.
pub(crate) fn address(database: &Database, number: usize) -> Result<Expr, RenderError> {
    let engine = engine(database)?;
    let attribute = if is_sql(database) { "fully_qualified_domain_name" } else { "fqdn" };
    Ok(Expr::reference(format!("{}.{}.{attribute}", engine.server, database.local(number)))?)
}

/// What the machines read at boot.
fn boot_values(database: &Database, number: usize, naming: &Naming<'_>) -> Result<Vec<Value>, RenderError> {
    let (folder, local) = if database.servers > 1 {
        (format!("database/{number}"), format!("database_{number}"))
    } else {
        ("database".to_owned(), "database".to_owned())
    };
    let mut values =
        vec![value(naming, &format!("{local}_host"), &format!("{folder}/host"), address(database, number)?)?];
    if !is_sql(database) {
        let secret = Expr::reference("azurerm_key_vault_secret.database_password.versionless_id")?;
        values.push(value(naming, &format!("{local}_secret"), &format!("{folder}/secret"), secret)?);
    }
    Ok(values)
}
