//! Amazon EKS, with a managed node group of each pool in each zone.

use provision_architecture::Topology;
use serde::Serialize;

use super::{Cluster, Pool, PoolName, VERSION};
use crate::RenderError;
use crate::load_balancer::LoadBalancer;
use crate::naming::{Naming, Resource, underscored};
use crate::network::aws::Places;
use crate::security::Member;
use crate::text::{Expr, Templates};

#[derive(Serialize)]
pub(crate) struct Context {
    cluster: Resource,
    version: &'static str,
    key: Resource,
    key_alias: String,
    logs: Resource,
    role: Resource,
    node_role: Resource,
    subnets: Expr,
    security_groups: Expr,
    addons: Vec<Addon>,
    pools: Vec<PoolContext>,
    first_addons: Expr,
    all_groups: Expr,
    attachments: Vec<Attachment>,
}

#[derive(Serialize)]
struct Addon {
    addon: Resource,
    kind: &'static str,
    why: &'static str,
    /// Its pods' account and what that may do.
    account: Option<&'static str>,
    role: Option<Resource>,
    policy: Option<&'static str>,
    settings: Option<&'static str>,
    /// Whether it needs nodes to run on.
    after_nodes: bool,
}

#[derive(Serialize)]
struct PoolContext {
    pool: String,
    template: Resource,
    machine_type: String,
    arm: bool,
    security_groups: Expr,
    machine_tags: Expr,
    user_data: String,
    nodes: u64,
    most: u64,
    tainted: bool,
    groups: Vec<GroupContext>,
}

#[derive(Serialize)]
struct GroupContext {
    zone: String,
    group: Resource,
    subnet: Expr,
}

#[derive(Serialize)]
struct Attachment {
    attachment: Resource,
    group: Expr,
    target: Expr,
}

pub(crate) fn context(
    cluster: &Cluster,
    topology: &Topology,
    balancer: Option<&LoadBalancer>,
    places: &Places,
    suffixes: &[String],
    naming: &Naming<'_>,
) -> Result<Context, RenderError> {
    let zones: Vec<String> = topology.zones.iter().map(ToString::to_string).collect();
    let pools = cluster.pools.iter().map(|it| pool(it, &zones, suffixes, places, naming));
    let pools: Vec<PoolContext> = pools.collect::<Result<_, RenderError>>()?;
    let mut key = naming.resource("aws_kms_key", "cluster", "cluster")?;
    let alias = format!("alias/{}", key.name());
    key.rename(alias.clone());
    let mut logs = naming.resource("aws_cloudwatch_log_group", "cluster", "cluster")?;
    let name = naming.resource("aws_eks_cluster", "main", "")?;
    // The name that the service writes to.
    logs.rename(format!("/aws/eks/{}/cluster", name.name()));
    let addons = addons(topology, naming)?;
    let before = addons.iter().filter(|addon| !addon.after_nodes);
    let before = before.map(|addon| Expr::reference(format!("aws_eks_addon.{}", addon.addon.local())));
    let groups = pools.iter().flat_map(|pool| &pool.groups);
    let groups = groups.map(|it| Expr::reference(format!("aws_eks_node_group.{}", it.group.local())));
    Ok(Context {
        version: VERSION,
        key,
        key_alias: alias,
        logs,
        role: naming.resource("aws_iam_role", "cluster", "cluster")?,
        node_role: naming.resource("aws_iam_role", "nodes", "nodes")?,
        subnets: Expr::list(places.two_private.iter().cloned()),
        security_groups: Expr::list([crate::security::aws::group(Member::ControlPlane)?]),
        first_addons: Expr::list(before.collect::<Result<Vec<_>, _>>()?),
        all_groups: Expr::list(groups.collect::<Result<Vec<_>, _>>()?),
        attachments: attachments(cluster, topology, balancer, suffixes, naming)?,
        addons,
        pools,
        cluster: name,
    })
}

fn addons(topology: &Topology, naming: &Naming<'_>) -> Result<Vec<Addon>, RenderError> {
    let addon = |kind: &'static str, why, after_nodes| -> Result<Addon, RenderError> {
        let local = underscored(kind);
        let resource = naming.resource("aws_eks_addon", &local, kind)?;
        Ok(Addon {
            addon: resource,
            kind,
            why,
            account: None,
            role: None,
            policy: None,
            settings: None,
            after_nodes,
        })
    };
    let with_role = |addon: Addon, account, policy| -> Result<Addon, RenderError> {
        let role = naming.resource("aws_iam_role", &underscored(addon.kind), addon.kind)?;
        Ok(Addon { account: Some(account), role: Some(role), policy: Some(policy), ..addon })
    };
    let network = addon("vpc-cni", "Addresses of the network for pods, and their network policies", false)?;
    let network = Addon { settings: Some("{\"enableNetworkPolicy\":\"true\"}"), ..network };
    let mut addons = vec![
        with_role(network, "aws-node", "AmazonEKS_CNI_Policy")?,
        addon("kube-proxy", "Addresses of services", false)?,
        addon("eks-pod-identity-agent", "Gives pods the roles of their accounts", false)?,
        addon("coredns", "Names of services", true)?,
        addon("metrics-server", "The load of pods, by which their number follows it", true)?,
        with_role(
            addon("aws-ebs-csi-driver", "Volumes of a zone", true)?,
            "ebs-csi-controller-sa",
            "service-role/AmazonEBSCSIDriverPolicy",
        )?,
    ];
    if topology.storage == provision_architecture::spec::StorageKind::SharedFiles {
        addons.push(with_role(
            addon("aws-efs-csi-driver", "Files that pods in all zones mount", true)?,
            "efs-csi-controller-sa",
            "service-role/AmazonEFSCSIDriverPolicy",
        )?);
    }
    Ok(addons)
}

fn group_name(pool: PoolName, suffix: &str) -> String {
    format!("{pool}-{suffix}")
}

fn pool(
    pool: &Pool,
    zones: &[String],
    suffixes: &[String],
    places: &Places,
    naming: &Naming<'_>,
) -> Result<PoolContext, RenderError> {
    let name = pool.name.to_string();
    let what = format!("{name}-nodes");
    let groups = zones.iter().zip(suffixes).zip(&places.private).map(|((zone, suffix), subnet)| {
        let name = group_name(pool.name, suffix);
        let group = naming.resource("aws_eks_node_group", &underscored(&name), &name)?;
        Ok(GroupContext { zone: zone.clone(), group, subnet: subnet.clone() })
    });
    Ok(PoolContext {
        template: naming.resource("aws_launch_template", &underscored(&what), &what)?,
        machine_type: pool.machine.clone(),
        arm: crate::aws::is_arm(&pool.machine),
        security_groups: Expr::list([crate::security::aws::group(Member::Nodes(pool.name))?]),
        machine_tags: naming.machine_tags(&what, &what, None)?,
        user_data: format!("kubernetes/nodes/{name}.mime"),
        nodes: pool.nodes,
        // Room for the new node of an upgrade before the old one goes.
        most: pool.nodes + 1,
        tainted: pool.tainted,
        groups: groups.collect::<Result<_, RenderError>>()?,
        pool: name,
    })
}

/// The nodes' groups register with the load balancer themselves: it goes with the Terraform, and leaves nothing behind.
fn attachments(
    cluster: &Cluster,
    topology: &Topology,
    balancer: Option<&LoadBalancer>,
    suffixes: &[String],
    naming: &Naming<'_>,
) -> Result<Vec<Attachment>, RenderError> {
    let mut attachments = Vec::new();
    let Some(balancer) = balancer else { return Ok(attachments) };
    let mut components: Vec<_> = balancer.targets.iter().map(|target| target.component).collect();
    components.dedup();
    for component in components {
        let own = PoolName::of(topology.platform, component);
        let targets = crate::load_balancer::aws::target_groups(balancer, component)?;
        for pool in cluster.pools.iter().filter(|pool| pool.name == own) {
            for suffix in suffixes {
                let group = underscored(&group_name(pool.name, suffix));
                for (number, target) in targets.iter().enumerate() {
                    let what = format!("{component}-{number}-{}", group_name(pool.name, suffix));
                    attachments.push(Attachment {
                        attachment: naming.resource(
                            "aws_autoscaling_attachment",
                            &underscored(&what),
                            &what,
                        )?,
                        group: Expr::reference(format!(
                            "aws_eks_node_group.{group}.resources[0].autoscaling_groups[0].name"
                        ))?,
                        target: target.clone(),
                    });
                }
            }
        }
    }
    Ok(attachments)
}

#[derive(Serialize)]
struct NodeConfig<'a> {
    allowed: &'a [String],
}

/// What a node's kubelet is started with.
pub(crate) fn node_files(
    cluster: &Cluster,
    templates: &Templates,
) -> Result<Vec<(String, String)>, RenderError> {
    let file = |pool: &Pool| {
        let text =
            templates.render("aws/node-config.yaml", &NodeConfig { allowed: &pool.allowed_sysctls })?;
        Ok((format!("kubernetes/nodes/{}.mime", pool.name), text))
    };
    cluster.pools.iter().map(file).collect()
}
