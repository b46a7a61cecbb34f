//! Roles, instance profiles and secrets.

use serde::Serialize;

use super::{Acts, Identity, Role, Secret, SecretOrigin};
use crate::RenderError;
use crate::database::Database;
use crate::naming::{Naming, Resource, underscored};
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
    /// Whose pods act as it; none where machines do.
    pods: Option<Pods>,
    statements: Vec<Statement>,
}

#[derive(Serialize)]
struct Pods {
    association: Resource,
    namespace: String,
    account: String,
}

#[derive(Serialize)]
struct Statement {
    id: &'static str,
    why: &'static str,
    actions: Expr,
    resources: Expr,
    /// The only place for figures that it may write to.
    namespace: Option<String>,
}

impl Statement {
    fn new(id: &'static str, why: &'static str, actions: Expr, resources: Expr) -> Self {
        Self { id, why, actions, resources, namespace: None }
    }
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
            pods: match &role.acts {
                Acts::Machine => None,
                Acts::Pod { namespace, account } => Some(Pods {
                    association: naming.resource("aws_eks_pod_identity_association", &local, &role.name)?,
                    namespace: namespace.clone(),
                    account: account.clone(),
                }),
            },
            statements: statements(role, identity, around)?,
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
    identity: &Identity,
    around: &Surroundings<'_>,
) -> Result<Vec<Statement>, RenderError> {
    let texts = |texts: &[&str]| Expr::list(texts.iter().map(|text| Expr::text(text)));
    let arn = |service: &str, what: &str| {
        Expr::joined(&format!("arn:aws:{service}:{}:", around.region), around.account, &format!(":{what}"))
    };
    let mut statements = if role.acts == Acts::Machine { machine_statements(around) } else { Vec::new() };
    statements.extend(group_statements(role, around, &arn));
    if role.reads_database_secret
        && let Some(database) = around.database
    {
        statements.push(Statement::new(
            "ReadDatabasePassword",
            "The password that the database service made and rotates",
            texts(&["secretsmanager:GetSecretValue"]),
            Expr::list(database_secrets(database)?),
        ));
    }
    let secrets: Vec<&Secret> = identity.secrets_of(role).collect();
    if !secrets.is_empty() {
        statements.extend(secret_statements(&secrets, role.acts == Acts::Machine, &arn)?);
    }
    if role.finds_machines {
        statements.push(Statement::new(
            "FindMachines",
            "Whom to watch; the cloud can't limit this to some machines",
            texts(&["ec2:DescribeAvailabilityZones", "ec2:DescribeInstances"]),
            texts(&["*"]),
        ));
    }
    if role.uses_object_storage {
        let bucket = Expr::reference("aws_s3_bucket.storage.arn")?;
        statements.push(Statement::new(
            "UseStorage",
            "The platform's files",
            texts(&[
                "s3:AbortMultipartUpload",
                "s3:DeleteObject",
                "s3:GetObject",
                "s3:ListBucket",
                "s3:PutObject",
            ]),
            Expr::list([bucket.clone(), Expr::joined("", &bucket, "/*")]),
        ));
    }
    if role.uses_shared_files {
        statements.push(Statement::new(
            "UseSharedFiles",
            "The platform's files",
            texts(&[
                "elasticfilesystem:ClientMount",
                "elasticfilesystem:ClientRootAccess",
                "elasticfilesystem:ClientWrite",
            ]),
            Expr::list([Expr::reference("aws_efs_file_system.main.arn")?]),
        ));
    }
    Ok(statements)
}

/// What a machine says about itself: to its group, and as figures.
fn group_statements(
    role: &Role,
    around: &Surroundings<'_>,
    arn: &impl Fn(&str, &str) -> Expr,
) -> Vec<Statement> {
    let texts = |texts: &[&str]| Expr::list(texts.iter().map(|text| Expr::text(text)));
    let groups = Expr::list([arn(
        "autoscaling",
        &format!("autoScalingGroup:*:autoScalingGroupName/{}-*", around.deployment),
    )]);
    let mut statements = Vec::new();
    if role.reports_when_finished {
        statements.push(Statement::new(
            "ReportWhenFinished",
            "Ends the wait of the group's lifecycle hook",
            texts(&["autoscaling:CompleteLifecycleAction", "autoscaling:RecordLifecycleActionHeartbeat"]),
            groups.clone(),
        ));
        statements.push(Statement::new(
            "FindGroup",
            "Which group the machine is in; the action knows no resources",
            texts(&["autoscaling:DescribeAutoScalingInstances"]),
            texts(&["*"]),
        ));
    }
    if role.may_be_replaced {
        statements.push(Statement::new(
            "AskForReplacement",
            "A machine on which restarts don't help says so",
            texts(&["autoscaling:SetInstanceHealth"]),
            groups,
        ));
    }
    if role.tells_figures {
        statements.push(Statement {
            namespace: Some(format!("provision/{}", around.deployment)),
            ..Statement::new(
                "TellFigures",
                "For alarms; the action knows no resources",
                texts(&["cloudwatch:PutMetricData"]),
                texts(&["*"]),
            )
        });
    }
    statements
}

/// What every machine needs.
fn machine_statements(around: &Surroundings<'_>) -> Vec<Statement> {
    let texts = |texts: &[&str]| Expr::list(texts.iter().map(|text| Expr::text(text)));
    let boot_values = Expr::joined(
        &format!("arn:aws:ssm:{}:", around.region),
        around.account,
        &format!(":parameter/provision/{}/*", around.deployment),
    );
    vec![
        Statement::new(
            "ReadBootValues",
            "Addresses of the backends",
            texts(&["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"]),
            Expr::list([boot_values]),
        ),
        Statement::new(
            "OpenSessions",
            "A shell for operators, without any open port",
            texts(&[
                "ssm:UpdateInstanceInformation",
                "ssmmessages:CreateControlChannel",
                "ssmmessages:CreateDataChannel",
                "ssmmessages:OpenControlChannel",
                "ssmmessages:OpenDataChannel",
            ]),
            texts(&["*"]),
        ),
    ]
}

fn database_secrets(database: &Database) -> Result<Vec<Expr>, RenderError> {
    (0..database.servers)
        .map(|number| {
            Ok(Expr::reference(format!(
                "aws_db_instance.{}.master_user_secret[0].secret_arn",
                database.local(number)
            ))?)
        })
        .collect()
}

fn secret_statements(
    secrets: &[&Secret],
    makes_up: bool,
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
    let all = secrets.iter().copied().map(&reference).collect::<Result<Vec<_>, _>>()?;
    let generated = secrets.iter().filter(|secret| secret.origin == SecretOrigin::Generated);
    let generated = generated.copied().map(&reference).collect::<Result<Vec<_>, _>>()?;
    let mut statements = vec![Statement::new(
        "ReadSecrets",
        "The platform's own secrets",
        Expr::list([Expr::text("secretsmanager:GetSecretValue")]),
        Expr::list(all),
    )];
    if makes_up && !generated.is_empty() {
        statements.push(Statement::new(
            "MakeUpSecrets",
            "The first machine makes them up; the same request token lets only one of several win",
            Expr::list([Expr::text("secretsmanager:PutSecretValue")]),
            Expr::list(generated),
        ));
    }
    Ok(statements)
}
