//! Service accounts, what they may do, and secrets.

use serde::Serialize;

use super::{Acts, Role, Secret, SecretOrigin};
use crate::naming::{Naming, Resource, underscored};
use crate::text::Expr;
use crate::{Blocks, RenderError};

#[derive(Serialize)]
pub(crate) struct Context {
    project: Expr,
    roles: Vec<RoleContext>,
    looks: Option<Looks>,
    /// Whether an installation makes up secrets, and not a machine.
    installed: bool,
    secrets: Vec<SecretContext>,
}

#[derive(Serialize)]
struct RoleContext {
    name: String,
    account: Resource,
    /// Whose pods act as it; none where machines do.
    pods: Option<Expr>,
    grants: Vec<Grant>,
}

/// One thing that a role may do.
#[derive(Serialize)]
struct Grant {
    why: &'static str,
    local: String,
    /// `google_storage_bucket_iam_member`
    kind: &'static str,
    /// The argument that names what it is about.
    about: &'static str,
    of: Expr,
    allowed: Expr,
}

/// What machines may look up, but not change.
#[derive(Serialize)]
struct Looks {
    role: Resource,
    permissions: Expr,
}

#[derive(Serialize)]
struct SecretContext {
    secret: Resource,
    about: &'static str,
    put_by_owner: bool,
}

/// An account's name has no fewer letters.
const SHORTEST: usize = 6;

pub(crate) fn context(blocks: &Blocks, project: &Expr, naming: &Naming<'_>) -> Result<Context, RenderError> {
    let identity = &blocks.identity;
    let roles = identity.roles.iter().map(|role| {
        let local = underscored(&role.name);
        let mut account = naming.resource("google_service_account", &local, &role.name)?;
        if account.name().len() < SHORTEST {
            let whose = if role.acts == Acts::Machine { "machines" } else { "pods" };
            account.rename(format!("{}-{whose}", account.name()));
        }
        let pods = match &role.acts {
            Acts::Machine => None,
            Acts::Pod { namespace, account } => {
                let after = format!(".svc.id.goog[{namespace}/{account}]");
                Some(Expr::joined("serviceAccount:", project, &after))
            }
        };
        Ok(RoleContext { name: role.name.clone(), account, pods, grants: grants(role, blocks, project)? })
    });
    let made = identity.secrets.iter().filter(|secret| !matches!(secret.origin, SecretOrigin::Existing(_)));
    let secrets = made.map(|secret| {
        Ok(SecretContext {
            secret: naming.resource(
                "google_secret_manager_secret",
                &underscored(secret.name),
                secret.name,
            )?,
            about: secret.about,
            put_by_owner: secret.origin == SecretOrigin::PutByOwner,
        })
    });
    Ok(Context {
        project: project.clone(),
        roles: roles.collect::<Result<_, RenderError>>()?,
        looks: looks(blocks, naming)?,
        installed: blocks.cluster.is_some(),
        secrets: secrets.collect::<Result<_, RenderError>>()?,
    })
}

fn looks(blocks: &Blocks, naming: &Naming<'_>) -> Result<Option<Looks>, RenderError> {
    if !blocks.identity.roles.iter().any(|role| role.reports_when_finished) {
        return Ok(None);
    }
    let mut role = naming.resource("google_project_iam_custom_role", "machines", "machines")?;
    role.rename(underscored(role.name()));
    let mut permissions = vec![Expr::text("compute.instanceGroupManagers.get")];
    permissions.extend(blocks.shared_files.map(|_| Expr::text("file.instances.get")));
    Ok(Some(Looks { role, permissions: Expr::list(permissions) }))
}

fn grants(role: &Role, blocks: &Blocks, project: &Expr) -> Result<Vec<Grant>, RenderError> {
    let local = |what: &str| format!("{}_{what}", underscored(&role.name));
    let mut grants = Vec::new();
    if role.reports_when_finished {
        grants.push(Grant {
            why: if blocks.shared_files.is_some() {
                "Sees that its group takes it out, and where the shared files are"
            } else {
                "Sees that its group takes it out"
            },
            local: local("looks"),
            kind: "google_project_iam_member",
            about: "project",
            of: project.clone(),
            allowed: Expr::reference("google_project_iam_custom_role.machines.name")?,
        });
    }
    if role.finds_machines {
        grants.push(Grant {
            why: "Finds the machines that it watches",
            local: local("finds_machines"),
            kind: "google_project_iam_member",
            about: "project",
            of: project.clone(),
            allowed: Expr::text("roles/compute.viewer"),
        });
    }
    if role.tells_figures {
        grants.push(Grant {
            why: "Tells figures for alarms, and reads none",
            local: local("tells_figures"),
            kind: "google_project_iam_member",
            about: "project",
            of: project.clone(),
            allowed: Expr::text("roles/monitoring.metricWriter"),
        });
    }
    if role.uses_object_storage {
        grants.push(Grant {
            why: "The platform's files",
            local: local("storage"),
            kind: "google_storage_bucket_iam_member",
            about: "bucket",
            of: Expr::reference("google_storage_bucket.storage.name")?,
            allowed: Expr::text("roles/storage.objectUser"),
        });
    }
    if role.reads_database_secret && blocks.database.is_some() {
        let secret = Expr::reference("google_secret_manager_secret.database.id")?;
        grants.push(secret_grant("The database's password", local("reads_database"), secret, READ));
    }
    if role.uses_managed_kafka {
        grants.push(Grant {
            why: "Topics of the managed Kafka",
            local: local("kafka"),
            kind: "google_project_iam_member",
            about: "project",
            of: project.clone(),
            allowed: Expr::text("roles/managedkafka.client"),
        });
    }
    for secret in blocks.identity.secrets_of(role) {
        grants.extend(secret_grants(secret, role.acts == Acts::Machine, &local)?);
    }
    Ok(grants)
}

const READ: &str = "roles/secretmanager.secretAccessor";
const ADD: &str = "roles/secretmanager.secretVersionAdder";

fn secret_grant(why: &'static str, local: String, of: Expr, allowed: &str) -> Grant {
    Grant {
        why,
        local,
        kind: "google_secret_manager_secret_iam_member",
        about: "secret_id",
        of,
        allowed: Expr::text(allowed),
    }
}

fn secret_grants(
    secret: &Secret,
    makes_up: bool,
    local: &impl Fn(&str) -> String,
) -> Result<Vec<Grant>, RenderError> {
    let name = underscored(secret.name);
    let of = match &secret.origin {
        SecretOrigin::Existing(name) => Expr::text(name),
        _ => Expr::reference(format!("google_secret_manager_secret.{name}.id"))?,
    };
    let mut grants =
        vec![secret_grant("The platform's own secret", local(&format!("reads_{name}")), of.clone(), READ)];
    if makes_up && secret.origin == SecretOrigin::Generated {
        let why = "The first machine makes it up; the first version is the one that all read";
        grants.push(secret_grant(why, local(&format!("makes_{name}")), of, ADD));
    }
    Ok(grants)
}
