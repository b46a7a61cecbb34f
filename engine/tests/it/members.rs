//! What stands behind groups, pools, databases and managed clusters, as a driver tells it.

use std::collections::BTreeMap;

use provision_engine::driver::{Driver as _, Health, Live, Member, Role};
use provision_engine::members::{behind, is_reached};
use provision_engine::sandbox::Part;

use crate::support::{World, read_directory};

struct Built {
    world: World,
    live: Vec<Live>,
}

impl Built {
    /// A golden directory, applied.
    fn golden(name: &str) -> Self {
        let files =
            read_directory(&provision_testing::workspace_root().join("modules/tests/golden").join(name));
        let world = World::perfect();
        world.applied(&files);
        let live = world.live(&World::prepare(&files));
        Built { world, live }
    }

    /// The members of all objects of a kind, by the object's id.
    fn members(&self, kind: &str) -> BTreeMap<String, Vec<Member>> {
        let owners: Vec<Live> = self.live.iter().filter(|live| live.kind == kind).cloned().collect();
        assert!(!owners.is_empty(), "{kind}");
        let answers = self.world.clock.run(self.world.sandbox.members(&owners)).unwrap().unwrap();
        assert_eq!(answers.len(), owners.len(), "{kind}");
        answers.into_iter().map(|answer| (answer.id, answer.members)).collect()
    }

    fn count(&self, kind: &str) -> Vec<usize> {
        self.members(kind).values().map(Vec::len).collect()
    }

    fn fail(&self, part: Part) {
        let change = |estate: &mut provision_engine::sandbox::Estate| estate.fail(part, estate.clock);
        self.world.sandbox.place().change(change).unwrap();
    }
}

fn zones(members: &[Member]) -> Vec<&str> {
    members.iter().map(|member| member.zone.as_deref().unwrap_or("?")).collect()
}

#[test]
fn groups_and_managed_clusters_tell_their_machines() {
    let built = Built::golden("kestra-high-availability");
    let groups = built.members("aws_autoscaling_group");
    assert_eq!(zones(&groups["orders-worker"]).len(), 6);
    assert_eq!(zones(&groups["orders-webserver"]), ["eu-west-1a", "eu-west-1b"]);
    let all = groups.values().flatten();
    assert!(all.clone().all(|member| member.role == Role::Machine && member.version.as_deref() == Some("1")));
    assert!(built.count("aws_instance").iter().all(|count| *count == 1));
    let brokers = built.members("aws_msk_cluster").into_values().next().unwrap();
    assert_eq!(zones(&brokers), ["eu-west-1a", "eu-west-1b", "eu-west-1c"]);
}

#[test]
fn a_pool_tells_who_answers() {
    let built = Built::golden("kestra-high-availability");
    let targets = |built: &Built| built.members("aws_lb_target_group").into_values().next().unwrap();
    let before = targets(&built);
    assert_eq!(zones(&before), ["eu-west-1a", "eu-west-1b"]);
    assert!(before.iter().all(|target| (target.role, target.health) == (Role::Target, Health::Healthy)));
    built.fail(Part::Service(before[1].id.clone()));
    let after = targets(&built);
    assert_eq!(after[1].health, Health::Unhealthy);
    assert!(after[1].reason.is_some() && after[0].health == Health::Healthy);
    let groups = built.members("aws_autoscaling_group");
    assert!(groups["orders-webserver"].iter().all(|machine| machine.health == Health::Healthy));
}

#[test]
fn a_standby_takes_over_and_can_be_missing() {
    let built = Built::golden("rudderstack-multi-zone");
    let roles = |built: &Built| -> Vec<(Role, Option<String>, Health)> {
        let servers = built.members("aws_db_instance").into_values().next().unwrap();
        servers.into_iter().map(|server| (server.role, server.zone, server.health)).collect()
    };
    let zone = |letter: &str| Some(format!("eu-west-1{letter}"));
    let (a, b) = (zone("a"), zone("b"));
    assert_eq!(
        roles(&built),
        [(Role::Primary, a.clone(), Health::Healthy), (Role::Standby, b.clone(), Health::Healthy)]
    );
    built.fail(Part::Zone("eu-west-1a".to_owned()));
    assert_eq!(roles(&built), [(Role::Primary, b, Health::Healthy), (Role::Standby, a, Health::Unhealthy)]);
    let off = |estate: &mut provision_engine::sandbox::Estate| {
        let databases = estate.objects.values_mut().filter(|object| object.kind == "aws_db_instance");
        databases.for_each(|database| drop(database.arguments.insert("multi_az".to_owned(), false.into())));
    };
    built.world.sandbox.place().change(off).unwrap();
    assert_eq!(roles(&built).len(), 1);
}

#[test]
fn a_template_that_changed_leaves_older_machines_behind() {
    let built = Built::golden("kestra-high-availability");
    let change = |estate: &mut provision_engine::sandbox::Estate| {
        let now = estate.clock + 3_600_000;
        estate.clock = now;
        let template = estate.objects.values_mut().find(|object| object.id().starts_with("lt-")).unwrap();
        template.computed.insert("latest_version".to_owned(), "2".into());
        template.ready_at = now;
    };
    built.world.sandbox.place().change(change).unwrap();
    let groups = built.members("aws_autoscaling_group");
    let versions: Vec<_> =
        groups.values().flatten().filter_map(|machine| machine.version.as_deref()).collect();
    assert!(versions.iter().all(|version| *version == "1"), "{versions:?}");
}

#[test]
fn the_other_clouds_and_clusters_tell_theirs() {
    let google = Built::golden("kestra-high-availability-google");
    let groups = google.members("google_compute_region_instance_group_manager");
    let worker = groups.iter().find(|(id, _)| id.ends_with("orders-worker")).unwrap().1;
    assert_eq!(zones(worker).len(), 6);
    assert!(zones(worker).contains(&"europe-west4-c"));
    assert_eq!(google.count("google_compute_region_backend_service"), [2]);

    let azure = Built::golden("kestra-high-availability-azure");
    let groups = azure.members("azurerm_linux_virtual_machine_scale_set");
    assert_eq!(groups.values().map(Vec::len).sum::<usize>(), 14);
    assert!(
        groups.values().flatten().all(|machine| ["1", "2", "3"].contains(&machine.zone.as_deref().unwrap()))
    );
    assert_eq!(azure.count("azurerm_application_gateway"), [2]);
    assert!(azure.count("azurerm_linux_virtual_machine").iter().all(|count| *count == 1));
    // The way out of the network is a pool, too, but nobody asks it for health.
    let exit = azure.live.iter().find(|live| live.kind == "azurerm_lb_backend_address_pool").unwrap();
    assert!(!is_reached(exit, &azure.live) && behind(exit, &azure.live).len() > 5);

    let cluster = Built::golden("kestra-on-kubernetes");
    assert_eq!(cluster.count("aws_eks_node_group"), [1, 1, 1]);
    let targets = cluster.members("aws_lb_target_group");
    assert_eq!(zones(targets.values().next().unwrap()).len(), 3, "every node is behind the load balancer");
}
