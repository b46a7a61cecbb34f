#!/usr/bin/env python3
"""Whether what lives is what the rendered directory promises, looked at without the driver.

usage: look.py DIRECTORY EVERYTHING, the second as everything.py writes it. What is expected comes from the directory's
topology.json and from the addresses in its files. Every difference is a line; ends with an error if there is one.
"""

import collections
import json
import pathlib
import re
import sys

directory, everything = pathlib.Path(sys.argv[1]), json.loads(pathlib.Path(sys.argv[2]).read_text())
known = json.loads((directory / "topology.json").read_text())
topology, spec = known["topology"], known["spec"]
deployment, zones = topology["deployment"], topology["zones"]
components = {group["component"]: group for group in topology["groups"]}
found: list = []
DEPLOYMENT, ADDRESS = "provision:deployment", "provision:address"


def expect(is_so, what):
    if not is_so:
        found.append(what)


def tags(item):
    """Tags, in whichever of its forms the service has them."""
    for name in ("Tags", "TagList", "TagSet", "tags"):
        if item.get(name):
            given = item[name]
            if isinstance(given, dict):
                return given
            # KMS calls them otherwise.
            return {tag.get("Key") or tag["TagKey"]: tag.get("Value") or tag.get("TagValue") for tag in given}
    return {}


# Backups carry the tags of what they were made from, and are no second one of it (aws_db_instance: copy_tags_to_snapshot).
BACKUPS = ("database_snapshots", "snapshots")


def own():
    """Everything of the deployment that is at an address, by address. Backups have the tags of what they are of."""
    places = collections.defaultdict(list)
    for category, items in everything.items():
        if category in BACKUPS:
            continue
        for item in items.values():
            if tags(item).get(DEPLOYMENT) == deployment and ADDRESS in tags(item):
                places[tags(item)[ADDRESS]].append((category, item))
    return places


def of(category):
    return everything.get(category, {}).values()


places = own()
zone_of = {subnet["SubnetId"]: subnet["AvailabilityZone"] for subnet in of("subnets")}
machines = {machine["InstanceId"]: machine for machine in of("instances")}


def the(address):
    items = [item for _, item in places.get(address, [])]
    expect(len(items) == 1, f"{address} is there {len(items)} times")
    return items[0] if items else None


def everything_is_at_its_address():
    text = "\n".join(path.read_text() for path in sorted(directory.glob("*.tf")))
    marks = re.findall(r'"provision:address"\s*=\s*"([^"]+)"|key\s*=\s*"provision:address"\s*value\s*=\s*"([^"]+)"', text)
    wanted = {one or other for one, other in marks}
    expect(wanted, "the directory has no addresses")
    for address in sorted(wanted | set(places)):
        times = len(places.get(address, []))
        expect(times == (address in wanted), f"{address} is there {times} times")


def machine_is_safe(machine, name):
    expect(machine.get("MetadataOptions", {}).get("HttpTokens") == "required", f"{name}: metadata without a token")
    disks = [mapping["Ebs"]["VolumeId"] for mapping in machine["BlockDeviceMappings"]]
    expect(disks, f"{name} has no disk")
    for disk in disks:
        expect(everything["volumes"][disk]["Encrypted"], f"{name}: {disk} is not encrypted")


def group(address, wanted):
    live = the(address)
    if live is None:
        return
    members = [machines[member["InstanceId"]] for member in live["Instances"]]
    component = components[wanted["component"]]
    expect(len(members) == len(wanted["instances"]), f"{address} has {len(members)} machines")
    over = {zone_of[subnet] for subnet in live["VPCZoneIdentifier"].split(",")}
    expect(over == set(wanted["zones"]), f"{address} may stand in {sorted(over)}")
    stand = collections.Counter(machine["Placement"]["AvailabilityZone"] for machine in members)
    expect(set(stand) <= set(wanted["zones"]), f"{address} stands in {dict(stand)}")
    least = min(stand.values(), default=0) if len(stand) == len(wanted["zones"]) else 0
    expect(max(stand.values(), default=0) - least <= 1, f"{address} is out of balance: {dict(stand)}")
    for machine in members:
        expect(machine["InstanceType"] == component["machine"]["name"], f'{address}: a {machine["InstanceType"]}')
        said = tags(machine)
        expect(
            (said.get(DEPLOYMENT), said.get("provision:component")) == (deployment, wanted["component"]),
            f"{address}: a machine says {said}",
        )
        machine_is_safe(machine, address)
    if any("load-balancer" in port["from"] for port in component["ports"]):
        reached(address, live, component)


def reached(address, live, component):
    """The load balancer sends to each of its machines, at a port that the component answers on."""
    pools = [everything["target_groups"][arn] for arn in live["TargetGroupARNs"]]
    expect(pools, f"{address} is behind no load balancer")
    for pool in pools:
        name = pool["TargetGroupName"]
        balancers = [everything["load_balancers"].get(arn) for arn in pool["LoadBalancerArns"]]
        expect(balancers and all(tags(one).get(DEPLOYMENT) == deployment for one in balancers), f"{name}: nobody sends there")
        expect(pool["Port"] in [port["port"] for port in component["ports"]], f'{name} sends to {pool["Port"]}')
        targets = {target["Target"]["Id"] for target in pool["Health"]}
        expect({member["InstanceId"] for member in live["Instances"]} <= targets, f"{name} has {sorted(targets)}")


def nodes(address, wanted):
    """As many nodes as instances, in the zones of theirs, and the load balancer sends to them where it sends to pods."""
    live = the(address)
    if live is None:
        return
    size, asked = live["scalingConfig"], len(wanted["instances"])
    expect(live["status"] == "ACTIVE", f'{address} is {live["status"]}')
    expect(size["minSize"] == size["desiredSize"] == asked < size["maxSize"], f"{address} has {size} for {asked} nodes")
    over = {zone_of[subnet] for subnet in live["subnets"]}
    expect(over == set(wanted["zones"]), f"{address} may stand in {sorted(over)}")
    expect(live["launchTemplate"]["version"].isdigit(), f'{address} is started from {live["launchTemplate"]}')
    behind = [everything["groups"][one["name"]] for one in live["resources"]["autoScalingGroups"]]
    members = [machines[member["InstanceId"]] for one in behind for member in one["Instances"]]
    expect(len(members) == asked, f"{address} has {len(members)} machines")
    for node in members:
        zone = node["Placement"]["AvailabilityZone"]
        expect(zone in wanted["zones"], f"{address}: a node stands in {zone}")
        said = (tags(node).get(DEPLOYMENT), tags(node).get("provision:component"))
        expect(said == (deployment, f'{wanted["component"]}-nodes'), f"{address}: a node says {said}")
        machine_is_safe(node, address)
    if topology["load_balancer"] and wanted["component"] == "components":
        expect(behind and all(one["TargetGroupARNs"] for one in behind), f"{address} is behind no load balancer")
        for arn in {arn for one in behind for arn in one["TargetGroupARNs"]}:
            targets = {target["Target"]["Id"] for target in everything["target_groups"][arn]["Health"]}
            expect({node["InstanceId"] for node in members} <= targets, f"{address}: {arn} has {sorted(targets)}")


def clusters():
    mine = [item for items in places.values() for category, item in items if category == "clusters"]
    expect(len(mine) == (topology["runtime"] == "kubernetes"), f"there are {len(mine)} clusters")
    for live in mine:
        name, network = live["name"], live["resourcesVpcConfig"]
        stand = sorted(zone_of[subnet] for subnet in network["subnetIds"])
        expect(stand == sorted(zones), f"{name} stands in {stand}")
        expect(network["endpointPrivateAccess"], f"{name} can't be reached from inside")
        expect(not network["endpointPublicAccess"], f"{name} can be reached from everywhere")
        keys = [one["provider"]["keyArn"] for one in live["encryptionConfig"] if one["resources"] == ["secrets"]]
        expect([key.rsplit("/", 1)[1] in everything["keys"] for key in keys] == [True], f"{name}: secrets under {keys}")
        expect(live["accessConfig"]["authenticationMode"] == "API", f'{name}: {live["accessConfig"]}')
        logs = {log for one in live["logging"]["clusterLogging"] if one["enabled"] for log in one["types"]}
        expect("audit" in logs, f"{name} logs {sorted(logs)}")
        addons = {one["addonName"]: one["status"] for one in of("addons") if one["clusterName"] == name}
        expect({"vpc-cni", "kube-proxy", "coredns", "eks-pod-identity-agent"} <= set(addons), f"{name} has {sorted(addons)}")
        expect(set(addons.values()) <= {"ACTIVE"}, f"{name}: {addons}")


def machine(address, wanted):
    live = the(address)
    if live is not None:
        zone = live["Placement"]["AvailabilityZone"]
        expect(zone == wanted["zones"][0], f"{address} stands in {zone}")
        machine_is_safe(live, address)


def database(address, wanted):
    live, asked = the(address), topology["database"]
    if live is None:
        return
    pair = asked["servers"][wanted["instances"][0]]
    multi_az = live.get("MultiAZ", False)
    expect(multi_az == (pair["standby"] is not None), f"{address}: Multi-AZ is {multi_az}")
    if pair["standby"] is None:
        expect(live["AvailabilityZone"] == zones[pair["zone"]], f'{address} stands in {live["AvailabilityZone"]}')
    expect(live["StorageEncrypted"], f"{address} is not encrypted")
    expect(not live["PubliclyAccessible"], f"{address} is open to everybody")
    expect(live["AllocatedStorage"] == asked["storage_gb"], f'{address} has {live["AllocatedStorage"]} GiB')
    expect(live["Engine"].startswith(asked["kind"]), f'{address} is {live["Engine"]}')
    expect("MasterUserSecret" in live, f"{address}: somebody knows its password")
    asked_for = asked["machine"]["name"]
    expect(asked_for in (None, live["DBInstanceClass"]), f'{address}: a {live["DBInstanceClass"]}')
    group = everything["subnet_groups"][live["DBSubnetGroup"]["DBSubnetGroupName"]]
    stand = {subnet["SubnetAvailabilityZone"]["Name"] for subnet in group["Subnets"]}
    expect(set(wanted["zones"]) <= stand and len(stand) > 1, f"{address} may stand in {sorted(stand)}")


def kafka(address, wanted):
    live, asked = the(address), topology["queue"]
    if live is None:
        return
    said = live["Provisioned"]
    expect(said["NumberOfBrokerNodes"] == len(wanted["instances"]), f'{address} has {said["NumberOfBrokerNodes"]} brokers')
    stand = sorted(zone_of[subnet] for subnet in said["BrokerNodeGroupInfo"]["ClientSubnets"])
    expect(stand == sorted(wanted["zones"]), f"{address} stands in {stand}")
    disk = said["BrokerNodeGroupInfo"]["StorageInfo"]["EbsStorageInfo"]["VolumeSize"]
    expect(disk == asked["storage_gb"], f"{address} has disks of {disk} GiB")
    version = said["CurrentBrokerSoftwareInfo"]["KafkaVersion"]
    expect(version.startswith(asked["version"]), f"{address} is {version}")
    transit = said["EncryptionInfo"]["EncryptionInTransit"]
    expect((transit["ClientBroker"], transit["InCluster"]) == ("TLS", True), f"{address}: {transit}")
    settings = everything["kafka_configurations"][said["CurrentBrokerSoftwareInfo"]["ConfigurationArn"]]["Properties"]
    for key, value in (
        ("default.replication.factor", asked["replication_factor"]), ("min.insync.replicas", asked["min_insync_replicas"]),
    ):
        expect(f"{key}={value}" in settings.split("\n"), f"{address}: {key} is not {value}")


def search(address, wanted):
    live, asked = the(address), topology["search"]
    if live is None:
        return
    nodes, network = live["ClusterConfig"], live["VPCOptions"]
    expect(nodes["InstanceCount"] == len(wanted["instances"]), f'{address} has {nodes["InstanceCount"]} nodes')
    stand = sorted(zone_of[subnet] for subnet in network["SubnetIds"])
    expect(stand == sorted(wanted["zones"]), f"{address} stands in {stand}")
    aware = nodes.get("ZoneAwarenessConfig", {}).get("AvailabilityZoneCount", 1)
    expect(aware == len(wanted["zones"]), f"{address} knows {aware} zones")
    disk = live["EBSOptions"]["VolumeSize"]
    expect(disk == asked["storage_gb"], f"{address} has disks of {disk} GiB")
    expect(live["EngineVersion"].startswith(f'OpenSearch_{asked["version"]}'), f'{address} is {live["EngineVersion"]}')
    for option in ("EncryptionAtRestOptions", "NodeToNodeEncryptionOptions"):
        expect(live[option]["Enabled"], f"{address}: {option}")
    expect(live["DomainEndpointOptions"]["EnforceHTTPS"], f"{address} answers without TLS")


def files():
    systems = [item for items in places.values() for category, item in items if category == "file_systems"]
    expect(len(systems) == (topology["storage"] == "shared-files"), f"there are {len(systems)} file systems")
    for system in systems:
        expect(system["Encrypted"], "the files are not encrypted")
        expect(system["BackupPolicy"]["BackupPolicy"]["Status"] == "ENABLED", "the files are not backed up")
        targets = [one for one in of("mount_targets") if one["FileSystemId"] == system["FileSystemId"]]
        stand = sorted(zone_of[target["SubnetId"]] for target in targets)
        expect(stand == sorted(zones), f"the files are mounted in {stand}")


def buckets():
    mine = [bucket for bucket in of("buckets") if tags(bucket).get(DEPLOYMENT) == deployment]
    expect(mine or topology["storage"] != "object", "there is no bucket")
    for bucket in mine:
        name = bucket["Name"]
        expect(bucket["encryption"], f"{name} is not encrypted")
        closed = (bucket["public_access_block"] or {}).get("PublicAccessBlockConfiguration", {"": False})
        expect(all(closed.values()), f"{name} may be opened to everybody")


def balancer():
    mine = [item for items in places.values() for category, item in items if category == "load_balancers"]
    expect(bool(mine) == (topology["load_balancer"] is not None), f"there are {len(mine)} load balancers")
    for live in mine:
        stand = {zone["ZoneName"] for zone in live["AvailabilityZones"]}
        expect(set(zones) <= stand and len(stand) > 1, f"the load balancer stands in {sorted(stand)}")
        ports = [one for one in of("listeners") if one["LoadBalancerArn"] == live["LoadBalancerArn"]]
        expect(ports, "the load balancer listens on no port")


def alarms():
    # In a cluster the Alertmanager that runs there tells.
    told = (spec.get("alerting") or {}).get("email") if topology["runtime"] == "machines" else None
    topics = [item for items in places.values() for category, item in items if category == "topics"]
    expect(len(topics) == bool(told), f"there are {len(topics)} topics for {told}")
    for topic in topics:
        hear = [(one["Protocol"], one["Endpoint"]) for one in of("subscriptions") if one["TopicArn"] == topic["TopicArn"]]
        expect(hear == [("email", told)], f"{hear} hear of alarms")
        mine = [item for items in places.values() for category, item in items if category == "alarms"]
        expect(mine and all(alarm["AlarmActions"] == [topic["TopicArn"]] for alarm in mine), "an alarm tells nobody")


LOOKS = {
    "aws_autoscaling_group": group, "aws_eks_node_group": nodes, "aws_instance": machine, "aws_db_instance": database,
    "aws_msk_cluster": kafka, "aws_opensearch_domain": search,
}

everything_is_at_its_address()
for address, wanted in known["resources"].items():
    LOOKS[address.split(".")[0]](address, wanted)
for look in (files, buckets, balancer, alarms, clusters):
    look()
if found:
    raise SystemExit("\n".join(dict.fromkeys(found)))
print("as rendered")
