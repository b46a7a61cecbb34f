//! Roles, instance profiles and secrets.

use serde::Serialize;

use super::{Identity, Role, Secret, SecretOrigin};
use crate::RenderError;
use crate::aws::{Naming, Resource, underscored};
use crate::database::Database;
use crate::text::Expr;

#[derive(Serialize)]
pub(crate) struct Context {
    roles: Vec<RoleContext>,
    secrets: Vec<SecretContext>,
}

#[derive(Serialize)]
struct RoleContext {
    name: String,
    role: Resource,
    policy: Resource,
    profile: Resource,
    statements: Vec<Statement>,
}

#[derive(Serialize)]
struct Statement {
    id: &'static str,
    why: &'static str,
    actions: Expr,
    resources: Expr,
}

#[derive(Serialize)]
struct SecretContext {
    secret: Resource,
    about: &'static str,
    put_by_owner: bool,
}

/// What statements refer to.
pub(crate) struct Surroundings<'a> {
    pub(crate) deployment: &'a str,
    pub(crate) region: &'a str,
    pub(crate) account: &'a Expr,
    pub(crate) database: Option<&'a Database>,
}

pub(crate) fn context(
    identity: &Identity,
    around: &Surroundings<'_>,
    naming: &Naming<'_>,
) -> Result<Context, RenderError> {
    let roles = identity.roles.iter().map(|role| {
        let local = underscored(&role.name);
        Ok(RoleContext {
            name: role.name.clone(),
            role: naming.resource("aws_iam_role", &local, &role.name)?,
            policy: naming.resource("aws_iam_role_policy", &local, &role.name)?,
            profile: naming.resource("aws_iam_instance_profile", &local, &role.name)?,
            statements: statements(role, &identity.secrets, around)?,
        })
    });
    let made = identity.secrets.iter().filter(|secret| !matches!(secret.origin, SecretOrigin::Existing(_)));
    let secrets = made.map(|secret| {
        let mut resource =
            naming.resource("aws_secretsmanager_secret", &underscored(secret.name), secret.name)?;
        resource.rename(naming.path(secret.name));
        Ok(SecretContext {
            secret: resource,
            about: secret.about,
            put_by_owner: secret.origin == SecretOrigin::PutByOwner,
        })
    });
    Ok(Context {
        roles: roles.collect::<Result<_, RenderError>>()?,
        secrets: secrets.collect::<Result<_, RenderError>>()?,
    })
}

fn statements(
    role: &Role,
    secrets: &[Secret],
    around: &Surroundings<'_>,
) -> Result<Vec<Statement>, RenderError> {
    let texts = |texts: &[&str]| Expr::list(texts.iter().map(|text| Expr::text(text)));
    let arn = |service: &str, what: &str| {
        Expr::joined(&format!("arn:aws:{service}:{}:", around.region), around.account, &format!(":{what}"))
    };
    let mut statements = vec![
        Statement {
            id: "ReadBootValues",
            why: "Addresses of the backends",
            actions: texts(&["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"]),
            resources: Expr::list([arn("ssm", &format!("parameter/provision/{}/*", around.deployment))]),
        },
        Statement {
            id: "OpenSessions",
            why: "A shell for operators, without any open port",
            actions: texts(&[
                "ssm:UpdateInstanceInformation",
                "ssmmessages:CreateControlChannel",
                "ssmmessages:CreateDataChannel",
                "ssmmessages:OpenControlChannel",
                "ssmmessages:OpenDataChannel",
            ]),
            resources: texts(&["*"]),
        },
    ];
    if role.reports_when_finished {
        statements.push(Statement {
            id: "ReportWhenFinished",
            why: "Ends the wait of the group's lifecycle hook",
            actions: texts(&[
                "autoscaling:CompleteLifecycleAction",
                "autoscaling:RecordLifecycleActionHeartbeat",
            ]),
            resources: Expr::list([arn(
                "autoscaling",
                &format!("autoScalingGroup:*:autoScalingGroupName/{}-*", around.deployment),
            )]),
        });
    }
    if role.reads_database_secret
        && let Some(database) = around.database
    {
        statements.push(Statement {
            id: "ReadDatabasePassword",
            why: "The password that the database service made and rotates",
            actions: texts(&["secretsmanager:GetSecretValue"]),
            resources: Expr::list(database_secrets(database)?),
        });
    }
    if role.reads_secrets {
        statements.extend(secret_statements(secrets, &arn)?);
    }
    if role.uses_object_storage {
        let bucket = Expr::reference("aws_s3_bucket.storage.arn")?;
        statements.push(Statement {
            id: "UseStorage",
            why: "The platform's files",
            actions: texts(&[
                "s3:AbortMultipartUpload",
                "s3:DeleteObject",
                "s3:GetObject",
                "s3:ListBucket",
                "s3:PutObject",
            ]),
            resources: Expr::list([bucket.clone(), Expr::joined("", &bucket, "/*")]),
        });
    }
    if role.uses_shared_files {
        statements.push(Statement {
            id: "UseSharedFiles",
            why: "The platform's files",
            actions: texts(&[
                "elasticfilesystem:ClientMount",
                "elasticfilesystem:ClientRootAccess",
                "elasticfilesystem:ClientWrite",
            ]),
            resources: Expr::list([Expr::reference("aws_efs_file_system.main.arn")?]),
        });
    }
    Ok(statements)
}

fn database_secrets(database: &Database) -> Result<Vec<Expr>, RenderError> {
    let server =
        |number: usize| if database.servers > 1 { format!("server_{number}") } else { "main".to_owned() };
    (0..database.servers)
        .map(|number| {
            Ok(Expr::reference(format!(
                "aws_db_instance.{}.master_user_secret[0].secret_arn",
                server(number)
            ))?)
        })
        .collect()
}

fn secret_statements(
    secrets: &[Secret],
    arn: &impl Fn(&str, &str) -> Expr,
) -> Result<Vec<Statement>, RenderError> {
    let reference = |secret: &Secret| -> Result<Expr, RenderError> {
        Ok(match &secret.origin {
            // The store adds a dash and six characters to a secret's name.
            SecretOrigin::Existing(name) if name.starts_with("arn:") => Expr::text(name),
            SecretOrigin::Existing(name) => arn("secretsmanager", &format!("secret:{name}-??????")),
            _ => Expr::reference(format!("aws_secretsmanager_secret.{}.arn", underscored(secret.name)))?,
        })
    };
    let all = secrets.iter().map(&reference).collect::<Result<Vec<_>, _>>()?;
    let generated = secrets.iter().filter(|secret| secret.origin == SecretOrigin::Generated);
    let generated = generated.map(&reference).collect::<Result<Vec<_>, _>>()?;
    let mut statements = vec![Statement {
        id: "ReadSecrets",
        why: "The platform's own secrets",
        actions: Expr::list([Expr::text("secretsmanager:GetSecretValue")]),
        resources: Expr::list(all),
    }];
    if !generated.is_empty() {
        statements.push(Statement {
            id: "MakeUpSecrets",
            why: "The first machine makes them up; the same request token lets only one of several win",
            actions: Expr::list([Expr::text("secretsmanager:PutSecretValue")]),
            resources: Expr::list(generated),
        });
    }
    Ok(statements)
}
