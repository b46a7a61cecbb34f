#!/usr/bin/env python3
"""Everything that lives in the account, whoever made it, as boto3 sees it: JSON on standard output.

usage: everything.py ENDPOINT REGION
       everything.py - REGION: one line for each ENDPOINT that it reads, on standard input and output

category → id → what the service says. Nothing is filtered by tags: what was made without any shows, too.
"""

import functools
import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

endpoint, region = sys.argv[1:3]
found: dict = {}


def client(service):
    return client_at(endpoint, service)


@functools.cache
def client_at(endpoint, service):
    """Making one takes longer than a call."""
    config = Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"})
    return boto3.client(
        service, endpoint_url=endpoint, region_name=region, aws_access_key_id="test", aws_secret_access_key="test",
        config=config,
    )


def listed(service, operation, path, **arguments):
    """All pages of a list, where it has pages."""
    with_client = client(service)
    if with_client.can_paginate(operation):
        pages = with_client.get_paginator(operation).paginate(**arguments)
    else:
        pages = [getattr(with_client, operation)(**arguments)]
    for page in pages:
        items = [page]
        for name in path.split("."):
            items = [inner for item in items for inner in (item.get(name) or [])]
        yield from items


def keep(category, key, items):
    for item in items:
        found.setdefault(category, {})[item[key] if isinstance(key, str) else key(item)] = item


def tolerant(call, **arguments):
    """The answer, or nothing where the service says that there is none."""
    try:
        answer = call(**arguments)
        answer.pop("ResponseMetadata", None)
        return answer
    except ClientError:
        return None


def ec2():
    for operation, path, key in (
        ("describe_vpcs", "Vpcs", "VpcId"),
        ("describe_subnets", "Subnets", "SubnetId"),
        ("describe_internet_gateways", "InternetGateways", "InternetGatewayId"),
        ("describe_addresses", "Addresses", "AllocationId"),
        ("describe_route_tables", "RouteTables", "RouteTableId"),
        ("describe_security_groups", "SecurityGroups", "GroupId"),
        ("describe_security_group_rules", "SecurityGroupRules", "SecurityGroupRuleId"),
        ("describe_flow_logs", "FlowLogs", "FlowLogId"),
        ("describe_volumes", "Volumes", "VolumeId"),
        ("describe_network_interfaces", "NetworkInterfaces", "NetworkInterfaceId"),
        ("describe_launch_templates", "LaunchTemplates", "LaunchTemplateId"),
    ):
        keep(operation[9:], key, listed("ec2", operation, path))
    # Both are listed for a while after their end.
    for operation, path, key in (
        ("describe_nat_gateways", "NatGateways", "NatGatewayId"),
        ("describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId"),
    ):
        keep(operation[9:], key, (item for item in listed("ec2", operation, path) if item["State"] != "deleted"))
    keep("snapshots", "SnapshotId", listed("ec2", "describe_snapshots", "Snapshots", OwnerIds=["self"]))
    instances = listed("ec2", "describe_instances", "Reservations.Instances")
    keep("instances", "InstanceId", (i for i in instances if i["State"]["Name"] != "terminated"))
    with_client = client("ec2")
    for template in found.get("launch_templates", {}).values():
        versions = with_client.describe_launch_template_versions(LaunchTemplateId=template["LaunchTemplateId"])
        template["Versions"] = versions["LaunchTemplateVersions"]


def groups():
    keep("groups", "AutoScalingGroupName", listed("autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups"))
    by_group = lambda item: f'{item["AutoScalingGroupName"]}/{item.get("PolicyName") or item["LifecycleHookName"]}'  # noqa: E731
    keep("scaling_policies", by_group, listed("autoscaling", "describe_policies", "ScalingPolicies"))
    with_client = client("autoscaling")
    for name in found.get("groups", {}):
        hooks = with_client.describe_lifecycle_hooks(AutoScalingGroupName=name)["LifecycleHooks"]
        keep("hooks", by_group, hooks)


def balancers():
    keep("load_balancers", "LoadBalancerArn", listed("elbv2", "describe_load_balancers", "LoadBalancers"))
    keep("target_groups", "TargetGroupArn", listed("elbv2", "describe_target_groups", "TargetGroups"))
    with_client = client("elbv2")
    for arn, balancer in found.get("load_balancers", {}).items():
        keep("listeners", "ListenerArn", with_client.describe_listeners(LoadBalancerArn=arn)["Listeners"])
        balancer["Attributes"] = with_client.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
    for arn, group in found.get("target_groups", {}).items():
        group["Attributes"] = with_client.describe_target_group_attributes(TargetGroupArn=arn)["Attributes"]
        group["Health"] = with_client.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
    for category in ("load_balancers", "target_groups", "listeners"):
        for arn, item in found.get(category, {}).items():
            item["Tags"] = with_client.describe_tags(ResourceArns=[arn])["TagDescriptions"][0]["Tags"]


def records():
    """A zone's own records stand in it from its beginning."""
    by_name = lambda record: f'{record["Name"]}{record["Type"]}'  # noqa: E731
    for zone in listed("route53", "list_hosted_zones", "HostedZones"):
        of_zone = listed("route53", "list_resource_record_sets", "ResourceRecordSets", HostedZoneId=zone["Id"])
        keep("records", by_name, (record for record in of_zone if record["Type"] not in ("NS", "SOA")))


def databases():
    keep("databases", "DBInstanceIdentifier", listed("rds", "describe_db_instances", "DBInstances"))
    keep("database_snapshots", "DBSnapshotIdentifier", listed("rds", "describe_db_snapshots", "DBSnapshots"))
    keep("subnet_groups", "DBSubnetGroupName", listed("rds", "describe_db_subnet_groups", "DBSubnetGroups"))
    keep("parameter_groups", "DBParameterGroupName", listed("rds", "describe_db_parameter_groups", "DBParameterGroups"))
    with_client = client("rds")
    for name, group in found.get("parameter_groups", {}).items():
        parameters = with_client.describe_db_parameters(DBParameterGroupName=name, Source="user")["Parameters"]
        group["Parameters"] = parameters
    for category, arn in (("subnet_groups", "DBSubnetGroupArn"), ("parameter_groups", "DBParameterGroupArn")):
        for group in found.get(category, {}).values():
            group["Tags"] = with_client.list_tags_for_resource(ResourceName=group[arn])["TagList"]


def kafka():
    keep("kafka_clusters", "ClusterArn", listed("kafka", "list_clusters_v2", "ClusterInfoList"))
    keep("kafka_configurations", "Arn", listed("kafka", "list_configurations", "Configurations"))
    with_client = client("kafka")
    for arn, configuration in found.get("kafka_configurations", {}).items():
        latest = configuration["LatestRevision"]["Revision"]
        text = with_client.describe_configuration_revision(Arn=arn, Revision=latest)["ServerProperties"]
        configuration["Properties"] = text.decode()


def search():
    with_client = client("opensearch")
    for domain in with_client.list_domain_names()["DomainNames"]:
        name = domain["DomainName"]
        said = tolerant(with_client.describe_domain, DomainName=name)
        # It was still listed, and this look saw its end.
        if said:
            domain = {**said["DomainStatus"], "Tags": with_client.list_tags(ARN=said["DomainStatus"]["ARN"])["TagList"]}
            keep("search_domains", "DomainName", [domain])


def buckets():
    s3 = client("s3")
    for bucket in s3.list_buckets()["Buckets"]:
        name = bucket["Name"]
        if name.startswith("foreign-"):
            found.setdefault("buckets", {})[name] = bucket
            continue
        bucket["Tags"] = (tolerant(s3.get_bucket_tagging, Bucket=name) or {}).get("TagSet")
        for setting in (
            "versioning", "encryption", "policy", "lifecycle_configuration", "ownership_controls",
        ):
            bucket[setting] = tolerant(getattr(s3, f"get_bucket_{setting}"), Bucket=name)
        bucket["public_access_block"] = tolerant(s3.get_public_access_block, Bucket=name)
        found.setdefault("buckets", {})[name] = bucket


def files():
    keep("file_systems", "FileSystemId", listed("efs", "describe_file_systems", "FileSystems"))
    with_client = client("efs")
    for key, system in found.get("file_systems", {}).items():
        keep("mount_targets", "MountTargetId", with_client.describe_mount_targets(FileSystemId=key)["MountTargets"])
        system["BackupPolicy"] = tolerant(with_client.describe_backup_policy, FileSystemId=key)
        system["LifecyclePolicies"] = with_client.describe_lifecycle_configuration(FileSystemId=key)["LifecyclePolicies"]
    keep("access_points", "AccessPointId", listed("efs", "describe_access_points", "AccessPoints"))


def iam():
    with_client = client("iam")
    for role in listed("iam", "list_roles", "Roles"):
        name = role["RoleName"]
        # A service's own, which the account keeps.
        if role["Path"].startswith("/aws-service-role/"):
            continue
        found.setdefault("roles", {})[name] = role
        if name.startswith("foreign-"):
            continue
        role["Tags"] = with_client.list_role_tags(RoleName=name)["Tags"]
        role["Attached"] = with_client.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        role["Policies"] = {
            policy: with_client.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
            for policy in with_client.list_role_policies(RoleName=name)["PolicyNames"]
        }
    keep("instance_profiles", "InstanceProfileName", listed("iam", "list_instance_profiles", "InstanceProfiles"))
    for name, profile in found.get("instance_profiles", {}).items():
        profile["Tags"] = with_client.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]["Tags"]
    keep("policies", "Arn", listed("iam", "list_policies", "Policies", Scope="Local"))
    keep("identity_providers", "Arn", with_client.list_open_id_connect_providers()["OpenIDConnectProviderList"])


def small():
    keep("alarms", "AlarmName", listed("cloudwatch", "describe_alarms", "MetricAlarms"))
    watch = client("cloudwatch")
    for alarm in found.get("alarms", {}).values():
        alarm["Tags"] = watch.list_tags_for_resource(ResourceARN=alarm["AlarmArn"])["Tags"]
    keep("log_policies", "policyName", listed("logs", "describe_resource_policies", "resourcePolicies"))
    keep("log_groups", "logGroupName", listed("logs", "describe_log_groups", "logGroups"))
    logs = client("logs")
    for name, group in found.get("log_groups", {}).items():
        told = tolerant(logs.list_tags_log_group, logGroupName=name) if "foreign" not in name else None
        group["tags"] = (told or {}).get("tags", {})
    keep("topics", "TopicArn", listed("sns", "list_topics", "Topics"))
    sns = client("sns")
    for arn, topic in found.get("topics", {}).items():
        topic["Tags"] = sns.list_tags_for_resource(ResourceArn=arn)["Tags"]
    by_end = lambda one: f'{one["TopicArn"]}/{one["Protocol"]}/{one["Endpoint"]}'  # noqa: E731
    keep("subscriptions", by_end, listed("sns", "list_subscriptions", "Subscriptions"))
    deleted_too = {"IncludePlannedDeletion": True}
    keep("secrets", "Name", listed("secretsmanager", "list_secrets", "SecretList", **deleted_too))
    keep("parameters", "Name", listed("ssm", "describe_parameters", "Parameters"))
    ssm = client("ssm")
    for name, parameter in found.get("parameters", {}).items():
        if not name.startswith("/foreign/"):
            parameter["Value"] = ssm.get_parameter(Name=name)["Parameter"]["Value"]
            tags = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)
            parameter["Tags"] = tags["TagList"]
    kms = client("kms")
    for key in listed("kms", "list_keys", "Keys"):
        said = kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
        # The emulator makes the service's own key for disks itself, and calls it a customer's; two at once may make two.
        if said["KeyManager"] == "CUSTOMER" and not said["Description"].startswith("Default master key that protects"):
            said["Rotates"] = tolerant(kms.get_key_rotation_status, KeyId=key["KeyId"])
            said["Tags"] = kms.list_resource_tags(KeyId=key["KeyId"])["Tags"]
            found.setdefault("keys", {})[key["KeyId"]] = said
    own = (alias for alias in listed("kms", "list_aliases", "Aliases") if not alias["AliasName"].startswith("alias/aws/"))
    keep("key_aliases", "AliasName", own)


def clusters():
    eks = client("eks")
    for name in eks.list_clusters()["clusters"]:
        keep("clusters", "name", [eks.describe_cluster(name=name)["cluster"]])
        for group in eks.list_nodegroups(clusterName=name)["nodegroups"]:
            said = eks.describe_nodegroup(clusterName=name, nodegroupName=group)["nodegroup"]
            found.setdefault("node_groups", {})[f"{name}/{group}"] = said
        for addon in eks.list_addons(clusterName=name)["addons"]:
            found.setdefault("addons", {})[f"{name}/{addon}"] = eks.describe_addon(clusterName=name, addonName=addon)["addon"]
        identities = eks.list_pod_identity_associations(clusterName=name)["associations"]
        for one in identities:
            said = eks.describe_pod_identity_association(clusterName=name, associationId=one["associationId"])
            keep("identities", "associationId", [said["association"]])


def look(**form):
    found.clear()
    for part in (ec2, groups, balancers, records, databases, kafka, search, buckets, files, iam, small, clusters):
        part()
    print(json.dumps(found, default=str, sort_keys=True, **form), flush=True)


if endpoint == "-":
    for line in sys.stdin:
        endpoint = line.strip()
        look()
else:
    look(indent=1)
