#!/usr/bin/env python3
"""Whether the shim does what it says. usage: check.py ENDPOINT; ends with an error at the first thing that is wrong."""

import json
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionError, EndpointConnectionError, HTTPClientError

endpoint, region = sys.argv[1], "eu-west-1"
ONCE = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})


def client(service):
    return boto3.client(
        service, endpoint_url=endpoint, region_name=region, aws_access_key_id="test", aws_secret_access_key="test",
        config=ONCE,
    )


def shim(word, **given):
    request = urllib.request.Request(f"{endpoint}/_shim/{word}", json.dumps(given).encode())
    return json.loads(urllib.request.urlopen(request).read())


def refused(code, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, f'{error.response["Error"]} is not {code}'
        return error
    raise AssertionError(f"{call.__name__} was not refused with {code}")


ec2 = client("ec2")
network = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]


def subnet(number, zone):
    made = ec2.create_subnet(VpcId=network, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"{region}{zone}")
    return made["Subnet"]["SubnetId"]


subnets = [subnet(number, zone) for number, zone in enumerate("abc")]


def a_dry_run_changes_nothing():
    before = len(ec2.describe_vpcs()["Vpcs"])
    error = refused("DryRunOperation", ec2.create_vpc, CidrBlock="10.1.0.0/16", DryRun=True)
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 412
    assert len(ec2.describe_vpcs()["Vpcs"]) == before


def a_token_is_remembered_of_the_dead_too():
    def make(token="one", size=1):
        return ec2.create_volume(AvailabilityZone=f"{region}a", Size=size, ClientToken=token)["VolumeId"]

    first = make()
    assert make() == first
    assert make(token="two") != first
    refused("IdempotentParameterMismatch", ec2.create_volume, AvailabilityZone=f"{region}a", Size=2, ClientToken="one")
    ec2.delete_volume(VolumeId=first)
    assert make() == first, "the answer is the dead one's"
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    gateways = {
        ec2.create_nat_gateway(SubnetId=subnets[0], AllocationId=address, ClientToken="nat")["NatGateway"]["NatGatewayId"]
        for _ in range(2)
    }
    assert len(gateways) == 1
    refused("DependencyViolation", ec2.delete_subnet, SubnetId=subnets[0])


def a_token_of_a_terminated_machine_is_refused():
    given = {"ImageId": "ami-12c6146b", "MinCount": 1, "MaxCount": 1, "SubnetId": subnets[0]}
    start = lambda token: ec2.run_instances(**given, ClientToken=token)["Instances"][0]["InstanceId"]  # noqa: E731
    made = start("machine")
    assert start("machine") == made
    ec2.terminate_instances(InstanceIds=[made])
    refused("IdempotentInstanceTerminated", ec2.run_instances, **given, ClientToken="machine")
    another = start("another")
    assert another != made
    ec2.terminate_instances(InstanceIds=[another])


def what_is_used_is_not_deleted():
    groups = [
        ec2.create_security_group(GroupName=name, Description="x", VpcId=network)["GroupId"] for name in ("used", "user")
    ]
    pair = [{"GroupId": groups[0]}]
    rule = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "UserIdGroupPairs": pair}
    ec2.authorize_security_group_ingress(GroupId=groups[1], IpPermissions=[rule])
    refused("DependencyViolation", ec2.delete_security_group, GroupId=groups[0])
    ec2.delete_security_group(GroupId=groups[1])
    ec2.delete_security_group(GroupId=groups[0])


def a_balancer_needs_two_zones_and_may_be_protected():
    elb = client("elbv2")
    refused("ValidationError", elb.create_load_balancer, Name="web", Subnets=subnets[:1])
    make = lambda subnets: elb.create_load_balancer(Name="web", Subnets=subnets)["LoadBalancers"][0]["LoadBalancerArn"]  # noqa: E731
    arn = make(subnets[:2])
    assert make(subnets[:2]) == arn
    refused("DuplicateLoadBalancerName", elb.create_load_balancer, Name="web", Subnets=subnets)
    protect = lambda on: elb.modify_load_balancer_attributes(  # noqa: E731
        LoadBalancerArn=arn, Attributes=[{"Key": "deletion_protection.enabled", "Value": on}]
    )
    answer = lambda status: [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": status}}]  # noqa: E731
    listen = lambda status: elb.create_listener(  # noqa: E731
        LoadBalancerArn=arn, Protocol="HTTP", Port=80, DefaultActions=answer(status)
    )["Listeners"][0]["ListenerArn"]
    assert listen("200") == listen("200")
    refused("DuplicateListener", listen, status="404")
    protect("true")
    refused("OperationNotPermitted", elb.delete_load_balancer, LoadBalancerArn=arn)
    protect("false")
    shim("unlisted", balancer="web")
    assert elb.describe_load_balancers()["LoadBalancers"] == []
    assert elb.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"][0]["LoadBalancerName"] == "web"
    elb.delete_load_balancer(LoadBalancerArn=arn)


def a_group_stands_in_all_zones_heals_and_keeps_out_of_a_failed_one():
    scaling = client("autoscaling")
    ec2.create_launch_template(
        LaunchTemplateName="machine", LaunchTemplateData={"ImageId": "ami-12345678", "InstanceType": "m7i.large", "UserData": "eA=="}
    )
    ec2.create_launch_template_version(
        LaunchTemplateName="machine", LaunchTemplateData={"ImageId": "ami-12345678", "InstanceType": "m7i.large", "UserData": "eQ=="}
    )
    group = {
        "AutoScalingGroupName": "web", "MinSize": 3, "MaxSize": 6, "VPCZoneIdentifier": ",".join(subnets),
        "LaunchTemplate": {"LaunchTemplateName": "machine", "Version": "$Latest"},
    }
    scaling.create_auto_scaling_group(**group)
    refused("AlreadyExists", scaling.create_auto_scaling_group, **group)

    def members():
        return scaling.describe_auto_scaling_groups(AutoScalingGroupNames=["web"])["AutoScalingGroups"][0]["Instances"]

    assert sorted(member["AvailabilityZone"][-1] for member in members()) == ["a", "b", "c"]
    assert {member["LaunchTemplate"]["Version"] for member in members()} == {"2"}
    shim("zone", zone=f"{region}a", failed=True)
    assert {member["AvailabilityZone"][-1] for member in members()} == {"b", "c"} and len(members()) == 3
    refused("InsufficientInstanceCapacity", ec2.run_instances, ImageId="ami-12345678", MinCount=1, MaxCount=1, SubnetId=subnets[0])
    shim("zone", zone=f"{region}a", failed=False)
    metrics = ["GroupDesiredCapacity", "GroupInServiceInstances"]
    scaling.enable_metrics_collection(AutoScalingGroupName="web", Metrics=metrics, Granularity="1Minute")
    scaling.disable_metrics_collection(AutoScalingGroupName="web", Metrics=metrics[:1])
    said = scaling.describe_auto_scaling_groups(AutoScalingGroupNames=["web"])["AutoScalingGroups"][0]
    assert [metric["Metric"] for metric in said["EnabledMetrics"]] == metrics[1:], said["EnabledMetrics"]
    refused("ResourceInUse", scaling.delete_auto_scaling_group, AutoScalingGroupName="web")
    scaling.delete_auto_scaling_group(AutoScalingGroupName="web", ForceDelete=True)


def a_policy_belongs_to_its_group_and_brings_alarms():
    scaling, watch = client("autoscaling"), client("cloudwatch")
    for name in ("one", "two"):
        scaling.create_auto_scaling_group(
            AutoScalingGroupName=name, MinSize=0, MaxSize=1, VPCZoneIdentifier=subnets[0],
            LaunchTemplate={"LaunchTemplateName": "machine", "Version": "$Latest"},
        )
    load = {"PredefinedMetricSpecification": {"PredefinedMetricType": "ASGAverageCPUUtilization"}, "TargetValue": 60.0}
    named = {"PolicyName": "load", "PolicyType": "TargetTrackingScaling"}
    put = lambda group, **more: scaling.put_scaling_policy(  # noqa: E731
        AutoScalingGroupName=group, **named, TargetTrackingConfiguration={**load, **more}
    )
    alarms = lambda: sorted(alarm["AlarmName"] for alarm in watch.describe_alarms()["MetricAlarms"])  # noqa: E731
    refused("ValidationError", scaling.put_scaling_policy, AutoScalingGroupName="three", **named)
    put("one")
    put("two")
    made = alarms()
    put("two", TargetValue=70.0)
    assert alarms() == made and len(made) == 4, made
    said = scaling.describe_policies(AutoScalingGroupName="two")["ScalingPolicies"]
    target = {**load, "TargetValue": 70.0, "DisableScaleIn": False}
    assert [one["TargetTrackingConfiguration"] for one in said] == [target] and said[0]["Enabled"], said
    assert {alarm["AlarmName"] for alarm in said[0]["Alarms"]} < set(made)
    assert len(scaling.describe_policies()["ScalingPolicies"]) == 2
    scaling.put_scaling_policy(AutoScalingGroupName="two", **named, TargetTrackingConfiguration=load, Enabled=False)
    assert not scaling.describe_policies(AutoScalingGroupName="two")["ScalingPolicies"][0]["Enabled"]
    scaling.delete_policy(AutoScalingGroupName="one", PolicyName="load")
    refused("ValidationError", scaling.delete_policy, AutoScalingGroupName="one", PolicyName="load")
    assert len(alarms()) == 2
    for name in ("one", "two"):
        scaling.delete_auto_scaling_group(AutoScalingGroupName=name)
    assert alarms() == [] and scaling.describe_policies()["ScalingPolicies"] == []


def a_zone_changes_as_a_whole_and_overwrites_nothing():
    route53, zone = client("route53"), "Z0123456789EXAMPLE"
    alias = {"HostedZoneId": "Z32O12XQLNTSW2", "DNSName": "Web-1.eu-west-1.elb.amazonaws.com", "EvaluateTargetHealth": True}
    record = lambda name, **more: {"Name": name, "Type": "A", "AliasTarget": {**alias, **more}}  # noqa: E731
    change = lambda *all: route53.change_resource_record_sets(  # noqa: E731
        HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": action, "ResourceRecordSet": given} for action, given in all]}
    )
    listed = lambda name: route53.list_resource_record_sets(  # noqa: E731
        HostedZoneId=zone, StartRecordName=name, StartRecordType="A", MaxItems="1"
    )["ResourceRecordSets"][0]
    refuse = lambda words, *all: _says(words, refused("InvalidChangeBatch", lambda: change(*all)))  # noqa: E731
    refused("NoSuchHostedZone", route53.list_resource_record_sets, HostedZoneId="Z1")
    change(("CREATE", record("WWW.example.com")), ("CREATE", record("*.example.com")))
    assert listed("www.example.com")["AliasTarget"]["DNSName"] == "web-1.eu-west-1.elb.amazonaws.com."
    assert listed("*.example.com")["Name"] == "\\052.example.com."
    refuse("already exists", ("CREATE", record("www.example.com.")))
    refuse("already exists", ("DELETE", record("*.example.com")), ("CREATE", record("www.example.com")))
    assert listed("*.example.com")["Name"] == "\\052.example.com.", "all or nothing"
    refuse("do not match", ("DELETE", record("www.example.com", EvaluateTargetHealth=False)))
    change(("UPSERT", record("www.example.com", EvaluateTargetHealth=False)))
    change(("DELETE", record("www.example.com", EvaluateTargetHealth=False)), ("DELETE", record("*.example.com")))
    refuse("was not found", ("DELETE", record("www.example.com")))
    refuse("not permitted", ("CREATE", record("www.example.org")))


def _says(words, error):
    assert words in str(error), error


def a_bucket_is_born_closed_encrypted_and_tagged():
    s3 = client("s3")
    tags = [{"Key": "provision:deployment", "Value": "x"}]
    s3.create_bucket(Bucket="born", CreateBucketConfiguration={"LocationConstraint": region, "Tags": tags})
    assert s3.get_bucket_tagging(Bucket="born")["TagSet"] == tags
    rules = s3.get_bucket_encryption(Bucket="born")["ServerSideEncryptionConfiguration"]["Rules"]
    assert rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    assert all(s3.get_public_access_block(Bucket="born")["PublicAccessBlockConfiguration"].values())
    everybody = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::born/*"}
    tls_only = {**everybody, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    s3.put_bucket_policy(Bucket="born", Policy=json.dumps({"Version": "2012-10-17", "Statement": [tls_only]}))
    s3.put_object(Bucket="born", Key="x", Body=b"x")
    refused("BucketNotEmpty", s3.delete_bucket, Bucket="born")
    s3.delete_object(Bucket="born", Key="x")
    s3.delete_bucket(Bucket="born")


def a_bucket_of_another_account_keeps_its_name_and_its_tags():
    s3 = client("s3")
    shim("foreign", bucket="theirs")
    refused("AccessDenied", s3.get_bucket_tagging, Bucket="theirs", ExpectedBucketOwner="123456789012")
    where = {"LocationConstraint": region}
    refused("BucketAlreadyExists", s3.create_bucket, Bucket="theirs", CreateBucketConfiguration=where)
    assert "theirs" not in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]


def of_writes_with_a_condition_one_succeeds():
    s3 = client("s3")
    s3.create_bucket(Bucket="conditions", CreateBucketConfiguration={"LocationConstraint": region})

    def put(**condition):
        try:
            return s3.put_object(Bucket="conditions", Key=name, Body=b"x", **condition)["ETag"]
        except ClientError as error:
            assert error.response["Error"]["Code"] == "PreconditionFailed", error

    shim("turns", seconds=0.00001)
    with ThreadPoolExecutor(12) as pool:
        for name in map(str, range(40)):
            made = [tag for tag in pool.map(lambda _: put(IfNoneMatch="*"), range(12)) if tag]
            assert len(made) == 1, f"{len(made)} made {name}"
    shim("turns", seconds=0.005)


def kafka_becomes_active_and_has_brokers():
    kafka = client("kafka")
    settings = kafka.create_configuration(Name="k", KafkaVersions=["3.9.x.kraft"], ServerProperties=b"num.partitions=3\n")
    refused("ConflictException", kafka.create_configuration, Name="k", ServerProperties=b"")
    text = kafka.describe_configuration_revision(Arn=settings["Arn"], Revision=1)["ServerProperties"]
    assert text == b"num.partitions=3\n", text
    group = {"InstanceType": "kafka.m7g.large", "ClientSubnets": subnets, "StorageInfo": {"EbsStorageInfo": {"VolumeSize": 10}}}
    wanted = {
        "ClusterName": "events", "KafkaVersion": "3.9.x.kraft", "NumberOfBrokerNodes": 3, "BrokerNodeGroupInfo": group,
        "ConfigurationInfo": {"Arn": settings["Arn"], "Revision": 1}, "Tags": {"a": "b"},
    }
    arn = kafka.create_cluster(**wanted)["ClusterArn"]
    refused("ConflictException", kafka.create_cluster, **wanted)
    refused("BadRequestException", kafka.delete_configuration, Arn=settings["Arn"])
    assert kafka.describe_cluster(ClusterArn=arn)["ClusterInfo"]["State"] == "CREATING"
    said = kafka.describe_cluster(ClusterArn=arn)["ClusterInfo"]
    assert (said["State"], said["Tags"]) == ("ACTIVE", {"a": "b"})
    assert kafka.get_bootstrap_brokers(ClusterArn=arn)["BootstrapBrokerStringTls"].count(":9094") == 3
    larger = [{"KafkaBrokerNodeId": "All", "VolumeSizeGB": 20}]
    refused("BadRequestException", kafka.update_broker_storage, ClusterArn=arn, CurrentVersion="old", TargetBrokerEBSVolumeInfo=larger)
    kafka.update_broker_storage(ClusterArn=arn, CurrentVersion=said["CurrentVersion"], TargetBrokerEBSVolumeInfo=larger)
    listed = kafka.list_clusters(ClusterNameFilter="even")["ClusterInfoList"][0]
    assert (listed["State"], listed["Tags"], listed["BrokerNodeGroupInfo"]["StorageInfo"]["EbsStorageInfo"]["VolumeSize"]) == (
        "UPDATING", {"a": "b"}, 20
    )
    again = {"ClusterArn": arn, "CurrentVersion": listed["CurrentVersion"], "TargetNumberOfBrokerNodes": 6}
    refused("BadRequestException", kafka.update_broker_count, **again)
    assert kafka.describe_cluster(ClusterArn=arn)["ClusterInfo"]["State"] == "ACTIVE"
    kafka.update_broker_count(**again)
    wait(lambda: kafka.describe_cluster(ClusterArn=arn)["ClusterInfo"]["State"] == "ACTIVE")
    said = kafka.describe_cluster(ClusterArn=arn)["ClusterInfo"]
    plain = {"EncryptionInTransit": {"ClientBroker": "TLS_PLAINTEXT"}}
    kafka.update_security(ClusterArn=arn, CurrentVersion=said["CurrentVersion"], EncryptionInfo=plain)
    said = kafka.describe_cluster(ClusterArn=arn)["ClusterInfo"]["EncryptionInfo"]["EncryptionInTransit"]
    assert said == {"ClientBroker": "TLS_PLAINTEXT", "InCluster": True}, said
    assert kafka.delete_cluster(ClusterArn=arn)["State"] == "DELETING"
    assert kafka.describe_cluster(ClusterArn=arn)["ClusterInfo"]["State"] == "DELETING"
    refused("NotFoundException", kafka.describe_cluster, ClusterArn=arn)
    assert kafka.delete_configuration(Arn=settings["Arn"])["State"] == "DELETING"
    refused("ConflictException", kafka.create_configuration, Name="k", ServerProperties=b"")
    assert kafka.describe_configuration(Arn=settings["Arn"])["State"] == "DELETING"
    refused("NotFoundException", kafka.describe_configuration, Arn=settings["Arn"])


def a_domain_takes_its_time_and_has_its_name_alone():
    search, iam = client("opensearch"), client("iam")
    nodes = {"InstanceCount": 2, "ZoneAwarenessEnabled": True, "ZoneAwarenessConfig": {"AvailabilityZoneCount": 2}}
    wanted = {
        "DomainName": "find", "EngineVersion": "OpenSearch_2.17", "ClusterConfig": nodes,
        "VPCOptions": {"SubnetIds": subnets[:2]}, "TagList": [{"Key": "a", "Value": "b"}],
        "EBSOptions": {"EBSEnabled": True, "VolumeType": "gp3", "VolumeSize": 10},
        "NodeToNodeEncryptionOptions": {"Enabled": True},
    }
    assert "service-linked role" in str(refused("ValidationException", search.create_domain, **wanted))
    iam.create_service_linked_role(AWSServiceName="opensearchservice.amazonaws.com")
    refused("InvalidInput", iam.create_service_linked_role, AWSServiceName="opensearchservice.amazonaws.com")
    refused("ValidationException", search.create_domain, **{**wanted, "VPCOptions": {"SubnetIds": subnets[:1]}})
    arn = search.create_domain(**wanted)["DomainStatus"]["ARN"]
    refused("ResourceAlreadyExistsException", search.create_domain, **wanted)
    look = lambda: search.describe_domain(DomainName="find")["DomainStatus"]  # noqa: E731
    said = look()
    assert (said["Processing"], said["DomainProcessingStatus"], "Endpoints" in said) == (True, "Creating", False)
    said = search.describe_domains(DomainNames=["find", "other"])["DomainStatusList"][0]
    assert (said["Processing"], said["DomainProcessingStatus"]) == (False, "Active") and "Endpoint" not in said
    assert said["Endpoints"]["vpc"].startswith("vpc-find-") and said["EBSOptions"]["Iops"] == 3000
    assert (said["VPCOptions"]["VPCId"], said["VPCOptions"]["AvailabilityZones"]) == (network, ["eu-west-1a", "eu-west-1b"])
    refused("ValidationException", search.describe_domains, DomainNames=["abc"] * 6)
    a_domain_is_changed_in_part(search, look)
    search.add_tags(ARN=arn, TagList=[{"Key": "c", "Value": "d"}])
    search.remove_tags(ARN=arn, TagKeys=["a"])
    assert search.list_tags(ARN=arn)["TagList"] == [{"Key": "c", "Value": "d"}]
    assert search.delete_domain(DomainName="find")["DomainStatus"]["Deleted"]
    refused("ResourceAlreadyExistsException", search.create_domain, **wanted)
    assert look()["DomainProcessingStatus"] == "Deleting"
    refused("ResourceNotFoundException", look)
    assert search.list_domain_names()["DomainNames"] == []
    for code, call, more in (
        ("ResourceNotFoundException", search.list_tags, {}), ("ValidationException", search.remove_tags, {"TagKeys": ["c"]}),
        ("ValidationException", search.add_tags, {"TagList": [{"Key": "c", "Value": "d"}]}),
    ):
        refused(code, call, ARN=arn, **more)
    for call in (search.update_domain_config, search.delete_domain):
        refused("ResourceNotFoundException", call, DomainName="find")


def a_domain_is_changed_in_part(search, look):
    search.update_domain_config(DomainName="find", ClusterConfig={"InstanceCount": 4})
    said = look()
    assert (said["Processing"], said["DomainProcessingStatus"]) == (True, "Modifying") and "Endpoints" in said
    refused("ValidationException", search.upgrade_domain, DomainName="find", TargetVersion="OpenSearch_2.19")
    said = look()
    assert (said["Processing"], said["ClusterConfig"]["InstanceCount"], said["ClusterConfig"]["ZoneAwarenessEnabled"]) == (False, 4, True)
    off = {"Enabled": False}
    refused("ValidationException", search.update_domain_config, DomainName="find", NodeToNodeEncryptionOptions=off)
    refused("ValidationException", search.upgrade_domain, DomainName="find", TargetVersion="OpenSearch_2.15")
    search.upgrade_domain(DomainName="find", TargetVersion="OpenSearch_2.19")
    said = look()
    assert (said["UpgradeProcessing"], said["DomainProcessingStatus"]) == (True, "UpgradingEngineVersion")
    said = look()
    assert (said["UpgradeProcessing"], said["EngineVersion"]) == (False, "OpenSearch_2.19")


def status_of(call, **arguments):
    """What a thing of EKS says of itself; nothing once it is gone."""
    try:
        return next(said["status"] for name, said in call(**arguments).items() if name != "ResponseMetadata")
    except ClientError as error:
        assert error.response["Error"]["Code"] == "ResourceNotFoundException", error
        return None


def settled(call, **arguments):
    """Looks until nothing is under way."""
    while (status := status_of(call, **arguments)) in ("CREATING", "UPDATING", "DELETING"):
        pass
    return status


def role_of_eks():
    iam = client("iam")
    if "cluster" not in [role["RoleName"] for role in iam.list_roles()["Roles"]]:
        iam.create_role(RoleName="cluster", AssumeRolePolicyDocument="{}")
    return iam.get_role(RoleName="cluster")["Role"]["Arn"]


def cluster_of(name, **more):
    eks = client("eks")
    wanted = {
        "name": name, "roleArn": role_of_eks(), "version": "1.34", "resourcesVpcConfig": {"subnetIds": subnets},
        "clientRequestToken": name, **more,
    }
    eks.create_cluster(**wanted)
    eks.create_cluster(**wanted)
    return eks


def a_cluster_has_addons_identities_and_protection():
    eks = cluster_of(
        "main", deletionProtection=True, zonalShiftConfig={"enabled": True}, accessConfig={"authenticationMode": "API"}
    )
    refused("InvalidRequestException", eks.create_addon, clusterName="main", addonName="vpc-cni")
    assert settled(eks.describe_cluster, name="main") == "ACTIVE"
    said = eks.describe_cluster(name="main")["cluster"]
    assert (said["deletionProtection"], said["zonalShiftConfig"]["enabled"]) == (True, True)
    identity = [{"serviceAccount": "aws-node", "roleArn": role_of_eks()}]
    addon = {"clusterName": "main", "addonName": "vpc-cni"}
    eks.create_addon(**addon, podIdentityAssociations=identity, tags={"a": "b"})
    assert eks.list_addons(clusterName="main")["addons"] == ["vpc-cni"]
    refused("ResourceInUseException", eks.update_addon, **addon, configurationValues="{}")
    assert settled(eks.describe_addon, **addon) == "ACTIVE"
    eks.update_addon(**addon, podIdentityAssociations=[{"serviceAccount": "aws-node-2", "roleArn": role_of_eks()}])
    owned = eks.list_pod_identity_associations(clusterName="main")["associations"]
    assert [(one["serviceAccount"], bool(one["ownerArn"])) for one in owned] == [("aws-node-2", True)]
    settled(eks.describe_addon, **addon)
    eks.delete_addon(**addon)
    assert settled(eks.describe_addon, **addon) is None
    assert eks.list_pod_identity_associations(clusterName="main")["associations"] == []
    pods = {"clusterName": "main", "namespace": "n", "serviceAccount": "s", "roleArn": role_of_eks()}
    key = eks.create_pod_identity_association(**pods)["association"]["associationId"]
    refused("ResourceInUseException", eks.create_pod_identity_association, **pods)
    assert eks.list_pod_identity_associations(clusterName="main", namespace="other")["associations"] == []
    eks.delete_pod_identity_association(clusterName="main", associationId=key)
    refused("InvalidRequestException", eks.delete_cluster, name="main")
    eks.update_cluster_config(name="main", deletionProtection=False)
    settled(eks.describe_cluster, name="main")
    eks.delete_cluster(name="main")
    assert settled(eks.describe_cluster, name="main") is None


def a_cluster_takes_one_change_at_a_time():
    eks = cluster_of("one")
    settled(eks.describe_cluster, name="one")
    log = {"clusterLogging": [{"types": ["api"], "enabled": True}]}
    private = {"endpointPrivateAccess": True, "endpointPublicAccess": False}
    error = refused("InvalidParameterException", eks.update_cluster_config, name="one", logging=log, resourcesVpcConfig=private)
    assert "one type" in str(error)
    eks.update_cluster_config(name="one", logging=log)
    refused("ResourceInUseException", eks.update_cluster_config, name="one", resourcesVpcConfig=private)
    assert settled(eks.describe_cluster, name="one") == "ACTIVE"
    refused("InvalidParameterException", eks.update_cluster_config, name="one", logging=log)
    eks.update_cluster_config(name="one", resourcesVpcConfig=private)
    settled(eks.describe_cluster, name="one")
    said = eks.describe_cluster(name="one")["cluster"]["resourcesVpcConfig"]
    assert (said["endpointPrivateAccess"], said["endpointPublicAccess"], said["subnetIds"]) == (True, False, subnets)
    refused("InvalidParameterException", eks.update_cluster_version, name="one", version="1.36")
    eks.update_cluster_version(name="one", version="1.35")
    settled(eks.describe_cluster, name="one")
    assert eks.describe_cluster(name="one")["cluster"]["version"] == "1.35"
    eks.delete_cluster(name="one")
    assert settled(eks.describe_cluster, name="one") is None


def nodes_are_machines_of_a_group():
    eks, scaling = cluster_of("nodes"), client("autoscaling")
    settled(eks.describe_cluster, name="nodes")
    data = {"InstanceType": "m7i.large", "UserData": "eA=="}
    template = ec2.create_launch_template(LaunchTemplateName="nodes", LaunchTemplateData=data)["LaunchTemplate"]
    which = {"clusterName": "nodes", "nodegroupName": "pool"}
    named = {"id": template["LaunchTemplateId"], "version": "1"}
    eks.create_nodegroup(
        **which, nodeRole=role_of_eks(), subnets=subnets, scalingConfig={"minSize": 3, "maxSize": 4, "desiredSize": 3},
        launchTemplate=named, tags={"a": "b"}, taints=[{"key": "k", "value": "v", "effect": "NO_SCHEDULE"}],
    )
    eks.create_addon(clusterName="nodes", addonName="coredns")
    assert "resources" not in eks.describe_nodegroup(**which)["nodegroup"]
    settled(eks.describe_addon, clusterName="nodes", addonName="coredns")
    assert settled(eks.describe_nodegroup, **which) == "ACTIVE"
    assert status_of(eks.describe_addon, clusterName="nodes", addonName="coredns") == "ACTIVE"
    said = eks.describe_nodegroup(**which)["nodegroup"]
    name = said["resources"]["autoScalingGroups"][0]["name"]
    machines = lambda: scaling.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"]  # noqa: E731
    zones = lambda: sorted(one["AvailabilityZone"][-1] for one in machines()[0]["Instances"])  # noqa: E731
    assert zones() == ["a", "b", "c"] and said["taints"][0]["key"] == "k"
    tags = {tag["Key"]: tag["Value"] for tag in machines()[0]["Tags"]}
    assert tags["eks:cluster-name"] == "nodes", tags
    before = {one["InstanceId"] for one in machines()[0]["Instances"]}
    ec2.create_launch_template_version(LaunchTemplateName="nodes", LaunchTemplateData={**data, "InstanceType": "m7i.xlarge"})
    both = {**named, "name": "nodes"}
    refused("InvalidParameterException", eks.update_nodegroup_version, **which, launchTemplate=both)
    refused("InvalidParameterException", eks.update_nodegroup_version, **which)
    eks.update_nodegroup_version(**which, launchTemplate={**named, "version": "2"})
    refused("ResourceInUseException", eks.update_nodegroup_config, **which, labels={"addOrUpdateLabels": {"x": "y"}})
    settled(eks.describe_nodegroup, **which)
    assert not before & {one["InstanceId"] for one in machines()[0]["Instances"]}
    assert {one["InstanceType"] for one in machines()[0]["Instances"]} == {"m7i.xlarge"}
    size = {"minSize": 1, "maxSize": 4, "desiredSize": 1}
    eks.update_nodegroup_config(**which, scalingConfig=size, labels={"addOrUpdateLabels": {"x": "y"}})
    settled(eks.describe_nodegroup, **which)
    assert len(zones()) == 1 and eks.describe_nodegroup(**which)["nodegroup"]["labels"] == {"x": "y"}
    eks.tag_resource(resourceArn=said["nodegroupArn"], tags={"c": "d"})
    assert eks.describe_nodegroup(**which)["nodegroup"]["tags"] == {"a": "b", "c": "d"}
    refused("ResourceInUseException", eks.delete_cluster, name="nodes")
    eks.delete_nodegroup(**which)
    assert settled(eks.describe_nodegroup, **which) is None and machines() == []
    assert settled(eks.describe_addon, clusterName="nodes", addonName="coredns") == "DEGRADED"
    eks.delete_cluster(name="nodes")
    settled(eks.describe_cluster, name="nodes")


def a_group_without_a_zone_stays_short_until_it_is_back():
    scaling = client("autoscaling")
    elb = client("elbv2")
    made = elb.create_target_group(Name="short", Port=80, Protocol="HTTP", VpcId=network, TargetType="instance")
    pool = made["TargetGroups"][0]["TargetGroupArn"]
    scaling.create_auto_scaling_group(
        AutoScalingGroupName="short", MinSize=1, MaxSize=1, VPCZoneIdentifier=subnets[0], TargetGroupARNs=[pool],
        LaunchTemplate={"LaunchTemplateName": "machine", "Version": "$Latest"},
    )
    targets = lambda: [one["Target"]["Id"] for one in elb.describe_target_health(TargetGroupArn=pool)["TargetHealthDescriptions"]]  # noqa: E731
    members = lambda: scaling.describe_auto_scaling_groups(AutoScalingGroupNames=["short"])["AutoScalingGroups"][0]["Instances"]  # noqa: E731
    machine = members()[0]["InstanceId"]
    how = lambda: ec2.describe_instance_status(InstanceIds=[machine], IncludeAllInstances=True)["InstanceStatuses"][0]  # noqa: E731
    assert how()["InstanceStatus"]["Status"] == "ok" and how()["AvailabilityZone"] == f"{region}a"
    shim("zone", zone=f"{region}a", failed=True)
    assert members() == [] and how()["InstanceStatus"]["Status"] == "not-applicable" and targets() == []
    shim("zone", zone=f"{region}a", failed=False)
    assert targets() == [one["InstanceId"] for one in members()] and len(members()) == 1
    scaling.delete_auto_scaling_group(AutoScalingGroupName="short", ForceDelete=True)
    elb.delete_target_group(TargetGroupArn=pool)


def a_standby_takes_over_when_its_zone_is_lost():
    rds = client("rds")
    rds.create_db_subnet_group(DBSubnetGroupName="here", DBSubnetGroupDescription="x", SubnetIds=subnets)
    wanted = {"DBInstanceClass": "db.m7g.large", "Engine": "postgres", "AllocatedStorage": 20, "DBSubnetGroupName": "here"}
    secret = {"MasterUsername": "x", "ManageMasterUserPassword": True}
    for name in ("one", "two"):
        rds.create_db_instance(DBInstanceIdentifier=name, MultiAZ=name == "two", **wanted, **secret)
    said = lambda name: rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]  # noqa: E731
    assert said("one")["DbiResourceId"] != said("two")["DbiResourceId"]
    stands = lambda: [said("two")[where][-1] for where in ("AvailabilityZone", "SecondaryAvailabilityZone")]  # noqa: E731
    assert stands() == ["a", "b"] and "SecondaryAvailabilityZone" not in said("one")
    shim("zone", zone=f"{region}a", failed=True)
    assert stands() == ["b", "a"]
    shim("zone", zone=f"{region}a", failed=False)
    rds.modify_db_instance(DBInstanceIdentifier="two", MultiAZ=False, ApplyImmediately=True)
    assert "SecondaryAvailabilityZone" not in said("two")
    for name in ("one", "two"):
        rds.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)


def files_are_made_backed_up_and_changed():
    efs = client("efs")
    made = efs.create_file_system(CreationToken="t", Encrypted=True)["FileSystemId"]
    refused("FileSystemAlreadyExists", efs.create_file_system, CreationToken="t")
    moved = [{"TransitionToIA": "AFTER_30_DAYS"}]
    for call, given in (
        (efs.put_lifecycle_configuration, {"LifecyclePolicies": moved}),
        (efs.create_mount_target, {"SubnetId": subnets[0]}),
        (efs.put_backup_policy, {"BackupPolicy": {"Status": "ENABLED"}}),
    ):
        refused("IncorrectFileSystemLifeCycleState", call, FileSystemId=made, **given)
    wait(lambda: efs.describe_file_systems(FileSystemId=made)["FileSystems"][0]["LifeCycleState"] == "available")
    efs.put_lifecycle_configuration(FileSystemId=made, LifecyclePolicies=moved)
    status = lambda: efs.describe_backup_policy(FileSystemId=made)["BackupPolicy"]["Status"]  # noqa: E731
    refused("PolicyNotFound", efs.describe_backup_policy, FileSystemId=made)
    efs.put_backup_policy(FileSystemId=made, BackupPolicy={"Status": "ENABLED"})
    assert status() == "ENABLING"
    wait(lambda: status() == "ENABLED")
    efs.update_file_system(FileSystemId=made, ThroughputMode="elastic")
    assert efs.describe_file_systems()["FileSystems"][0]["ThroughputMode"] == "elastic"
    target = efs.create_mount_target(FileSystemId=made, SubnetId=subnets[0])
    assert target["LifeCycleState"] == "creating"
    refused("MountTargetConflict", efs.create_mount_target, FileSystemId=made, SubnetId=subnets[0])
    refused("FileSystemInUse", efs.delete_file_system, FileSystemId=made)
    efs.delete_mount_target(MountTargetId=target["MountTargetId"])
    efs.delete_file_system(FileSystemId=made)
    refused("FileSystemNotFound", efs.put_backup_policy, FileSystemId=made, BackupPolicy={"Status": "ENABLED"})
    efs.create_file_system(CreationToken="t")


def a_topic_is_had_once_and_mail_has_to_be_confirmed():
    sns = client("sns")
    tags = [{"Key": "a", "Value": "b"}]
    topic = sns.create_topic(Name="alarms", Tags=tags)["TopicArn"]
    assert sns.create_topic(Name="alarms", Tags=tags)["TopicArn"] == topic
    refused("InvalidParameter", sns.create_topic, Name="alarms", Tags=[{"Key": "a", "Value": "c"}])
    who = {"TopicArn": topic, "Protocol": "email", "Endpoint": "ops@example.com", "ReturnSubscriptionArn": True}
    sns.subscribe(**who)
    sns.subscribe(**who)
    listed = lambda: sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]  # noqa: E731
    assert [one["SubscriptionArn"] for one in listed()] == ["PendingConfirmation"]
    shim("confirm", endpoint="ops@example.com")
    assert listed()[0]["SubscriptionArn"].startswith(topic)
    sns.delete_topic(TopicArn=topic)
    refused("NotFound", sns.list_subscriptions_by_topic, TopicArn=topic)
    assert sns.list_subscriptions()["Subscriptions"] == []


def a_group_of_logs_has_a_key_and_none():
    logs = client("logs")
    logs.create_log_group(logGroupName="/a")
    key = lambda: logs.describe_log_groups()["logGroups"][0].get("kmsKeyId")  # noqa: E731
    logs.associate_kms_key(logGroupName="/a", kmsKeyId="arn:aws:kms:eu-west-1:123456789012:key/k")
    assert key() == "arn:aws:kms:eu-west-1:123456789012:key/k"
    logs.disassociate_kms_key(logGroupName="/a")
    assert key() is None
    refused("ResourceNotFoundException", logs.disassociate_kms_key, logGroupName="/b")
    logs.delete_log_group(logGroupName="/a")


def described(machine):
    return ec2.describe_instances(InstanceIds=[machine])["Reservations"][0]["Instances"][0]


def a_machine_is_watched_and_maintained():
    options = {"AutoRecovery": "disabled"}
    started = ec2.run_instances(
        ImageId="ami-12c6146b", MinCount=1, MaxCount=1, SubnetId=subnets[0], MaintenanceOptions=options,
    )
    made = started["Instances"][0]["InstanceId"]
    state = lambda: described(made)["Monitoring"]["State"]  # noqa: E731
    assert state() == "disabled"
    said = ec2.monitor_instances(InstanceIds=[made])["InstanceMonitorings"]
    assert said == [{"InstanceId": made, "Monitoring": {"State": "pending"}}], said
    assert state() == "enabled"
    said = ec2.unmonitor_instances(InstanceIds=[made])["InstanceMonitorings"]
    assert said == [{"InstanceId": made, "Monitoring": {"State": "disabling"}}], said
    assert state() == "disabled"
    refused("InvalidInstanceID.NotFound", ec2.monitor_instances, InstanceIds=["i-0123456789abcdef0"])
    assert described(made)["MaintenanceOptions"] == options
    ec2.modify_instance_maintenance_options(InstanceId=made, AutoRecovery="default")
    assert described(made)["MaintenanceOptions"]["AutoRecovery"] == "default"
    ec2.terminate_instances(InstanceIds=[made])


def wait(until):
    deadline = time.monotonic() + 10
    while not until():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def a_deleted_secret_keeps_its_name():
    secrets = client("secretsmanager")
    secrets.create_secret(Name="kept", ClientRequestToken="a" * 32)
    secrets.delete_secret(SecretId="kept", RecoveryWindowInDays=7)
    assert "scheduled for deletion" in str(refused("InvalidRequestException", secrets.create_secret, Name="kept"))
    secrets.restore_secret(SecretId="kept")
    refused("ResourceExistsException", secrets.create_secret, Name="kept")
    secrets.delete_secret(SecretId="kept", ForceDeleteWithoutRecovery=True)


def a_list_lags():
    shim("lag", seconds=1)
    made = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    seen = lambda: made in [vpc["VpcId"] for vpc in ec2.describe_vpcs()["Vpcs"]]  # noqa: E731
    assert not seen()
    time.sleep(1.1)
    assert seen()
    shim("lag", seconds=0)


def faults_happen_as_planned():
    shim("faults", operation="ec2:CreateVpc", times=1, kind="throttle")
    refused("RequestLimitExceeded", ec2.create_vpc, CidrBlock="10.8.0.0/16")
    before = len(ec2.describe_vpcs()["Vpcs"])
    for kind, made in (("cut", 0), ("lost", 1)):
        shim("faults", operation="ec2:CreateVpc", times=1, kind=kind)
        try:
            ec2.create_vpc(CidrBlock="10.8.0.0/16")
            raise AssertionError(f"{kind}: an answer came")
        except (ConnectionError, EndpointConnectionError, HTTPClientError):
            pass
        assert len(ec2.describe_vpcs()["Vpcs"]) == before + made, kind
    shim("faults")
    assert shim("calls")["calls"]["ec2:CreateVpc"] >= 4


def cloudwatch_speaks_cbor():
    watch = client("cloudwatch")
    alarm = {
        "AlarmName": "a", "MetricName": "m", "Namespace": "n", "Statistic": "Sum", "Period": 60, "EvaluationPeriods": 1,
        "Threshold": 1, "ComparisonOperator": "GreaterThanThreshold",
    }
    watch.put_metric_alarm(**alarm, Tags=[{"Key": "a", "Value": "b"}])
    watch.put_metric_alarm(**{**alarm, "Threshold": 2}, Tags=[{"Key": "a", "Value": "c"}])
    said = watch.describe_alarms()["MetricAlarms"][0]
    assert (said["AlarmName"], said["Threshold"]) == ("a", 2.0)
    tags = lambda: watch.list_tags_for_resource(ResourceARN=said["AlarmArn"])["Tags"]  # noqa: E731
    assert tags() == [{"Key": "a", "Value": "b"}], "what is written over keeps its tags"
    watch.delete_alarms(AlarmNames=["a"])
    watch.put_metric_alarm(**alarm)
    assert tags() == []


def limits_are_told_as_set():
    quotas, elb, rds = client("service-quotas"), client("elbv2"), client("rds")
    value = lambda service, code: quotas.get_service_quota(ServiceCode=service, QuotaCode=code)["Quota"]["Value"]  # noqa: E731
    assert (value("vpc", "L-F678F1CE"), value("ec2", "L-1216C47A")) == (5.0, 256.0)
    refused("NoSuchResourceException", quotas.get_service_quota, ServiceCode="vpc", QuotaCode="L-00000000")
    told = lambda: {quota["AccountQuotaName"]: quota for quota in rds.describe_account_attributes()["AccountQuotas"]}  # noqa: E731
    before = told()["AllocatedStorage"]["Used"]
    rds.create_db_instance(DBInstanceIdentifier="counted", Engine="postgres", DBInstanceClass="db.m7g.large", AllocatedStorage=30)
    assert (told()["AllocatedStorage"]["Used"] - before, told()["DBInstances"]["Max"]) == (30, 40)
    rds.delete_db_instance(DBInstanceIdentifier="counted", SkipFinalSnapshot=True)
    changed = {
        "vpc/L-F678F1CE": 2, "ec2/vpc-max-elastic-ips": 1, "autoscaling/groups": 3, "elasticloadbalancing/target-groups": 4,
        "rds/DBInstances": 6,
    }
    shim("limits", **changed)
    attributes = ec2.describe_account_attributes(AttributeNames=["vpc-max-elastic-ips"])["AccountAttributes"]
    addresses = {one["AttributeName"]: one["AttributeValues"] for one in attributes}["vpc-max-elastic-ips"]
    groups = client("autoscaling").describe_account_limits()
    targets = {limit["Name"]: limit["Max"] for limit in elb.describe_account_limits()["Limits"]}["target-groups"]
    assert value("vpc", "L-F678F1CE") == 2.0
    assert addresses == [{"AttributeValue": "1"}], addresses
    assert (groups["MaxNumberOfAutoScalingGroups"], groups["NumberOfAutoScalingGroups"]) == (3, 0), groups
    assert (targets, told()["DBInstances"]["Max"]) == ("4", 6)
    shim("limits")
    assert value("vpc", "L-F678F1CE") == 5.0


def databases_are_offered_by_zone():
    rds = client("rds")
    offered = lambda **more: rds.describe_orderable_db_instance_options(Engine="postgres", **more)["OrderableDBInstanceOptions"]  # noqa: E731
    zones = {zone["Name"] for option in offered(DBInstanceClass="db.m7g.large") for zone in option["AvailabilityZones"]}
    assert zones == {f"{region}{letter}" for letter in "abc"}, zones
    assert {option["EngineVersion"] for option in offered(DBInstanceClass="db.m7g.large", EngineVersion="16.8")} == {"16.8"}
    assert offered(DBInstanceClass="db.none.large") == []


for check in (
    a_dry_run_changes_nothing, a_token_is_remembered_of_the_dead_too, a_token_of_a_terminated_machine_is_refused,
    what_is_used_is_not_deleted,
    a_balancer_needs_two_zones_and_may_be_protected, a_group_stands_in_all_zones_heals_and_keeps_out_of_a_failed_one,
    a_policy_belongs_to_its_group_and_brings_alarms, a_zone_changes_as_a_whole_and_overwrites_nothing,
    a_bucket_is_born_closed_encrypted_and_tagged, a_bucket_of_another_account_keeps_its_name_and_its_tags,
    of_writes_with_a_condition_one_succeeds, kafka_becomes_active_and_has_brokers, a_domain_takes_its_time_and_has_its_name_alone,
    a_cluster_has_addons_identities_and_protection, a_cluster_takes_one_change_at_a_time, nodes_are_machines_of_a_group,
    a_group_without_a_zone_stays_short_until_it_is_back, a_standby_takes_over_when_its_zone_is_lost,
    files_are_made_backed_up_and_changed, a_topic_is_had_once_and_mail_has_to_be_confirmed,
    a_machine_is_watched_and_maintained, a_group_of_logs_has_a_key_and_none, a_deleted_secret_keeps_its_name, a_list_lags, faults_happen_as_planned,
    cloudwatch_speaks_cbor, limits_are_told_as_set, databases_are_offered_by_zone,
):
    try:
        check()
    except Exception as error:
        raise SystemExit(f"{check.__name__}: {type(error).__name__}: {error}") from error
print("as documented")
