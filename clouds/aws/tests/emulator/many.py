#!/usr/bin/env python3
"""Makes resources of one deployment, of each kind those with the numbers from FROM up to, not including, TO.

usage: many.py ENDPOINT REGION DEPLOYMENT FROM TO
"""

import json
import sys
import time

import boto3
from botocore.config import Config

endpoint, region, deployment = sys.argv[1:4]
numbers = range(int(sys.argv[4]), int(sys.argv[5]))
first = numbers[0] == 0
ROLE = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}'
# Of each zone one in which everything has room.
LARGE = ["10.0.128.0/18", "10.0.192.0/18"]
# The one that is always there.
ZONE = "Z0123456789EXAMPLE"
GATEWAY = f"com.amazonaws.{region}.s3"


def client(service):
    config = Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"}, parameter_validation=False)
    return boto3.client(
        service, endpoint_url=endpoint, region_name=region, aws_access_key_id="test", aws_secret_access_key="test",
        config=config,
    )


def pairs(kind, number, key="Key", value="Value"):
    tags = {"provision:deployment": deployment, "provision:address": f"{kind}.n{number}"}
    return [{key: name, value: text} for name, text in tags.items()]


def spec(what, kind, number):
    return [{"ResourceType": what, "Tags": pairs(kind, number)}]


ec2, elb, scaling, iam, rds = (client(name) for name in ("ec2", "elbv2", "autoscaling", "iam", "rds"))
s3, ssm, logs, secrets, kms = (client(name) for name in ("s3", "ssm", "logs", "secretsmanager", "kms"))
efs, kafka, sns, watch, eks = (client(name) for name in ("efs", "kafka", "sns", "cloudwatch", "eks"))
route53, opensearch = client("route53"), client("opensearch")


def network():
    """There is one."""
    if first:
        made = ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=spec("vpc", "aws_vpc", 0))["Vpc"]["VpcId"]
        default = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [made]}])["SecurityGroups"][0]
        ec2.create_tags(Resources=[default["GroupId"]], Tags=pairs("aws_default_security_group", 0))
        for block, zone in zip(LARGE, "ab"):
            ec2.create_subnet(VpcId=made, CidrBlock=block, AvailabilityZone=f"{region}{zone}")
        gateway = ec2.create_internet_gateway(
            TagSpecifications=spec("internet-gateway", "aws_internet_gateway", 0)
        )["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=made)
        logs.create_log_group(logGroupName="somebody-elses")
    filters = [{"Name": "tag:provision:deployment", "Values": [deployment]}]
    vpc = ec2.describe_vpcs(Filters=filters)["Vpcs"][0]["VpcId"]
    gateway = ec2.describe_internet_gateways(Filters=filters)["InternetGateways"][0]["InternetGatewayId"]
    blocks = [{"Name": "cidr-block", "Values": LARGE}]
    subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets(Filters=blocks)["Subnets"]]
    return vpc, gateway, subnets


def cidr(number):
    return f"10.0.{number // 8}.{number % 8 * 32}/27"


vpc, gateway, two = network()


def networks(n):
    subnet = ec2.create_subnet(
        VpcId=vpc, CidrBlock=cidr(n), AvailabilityZone=f"{region}a", TagSpecifications=spec("subnet", "aws_subnet", n)
    )["Subnet"]["SubnetId"]
    table = ec2.create_route_table(
        VpcId=vpc, TagSpecifications=spec("route-table", "aws_route_table", n)
    )["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    group = ec2.create_security_group(
        GroupName=f"{deployment}-{n}", Description="x", VpcId=vpc,
        TagSpecifications=spec("security-group", "aws_security_group", n),
    )["GroupId"]
    for way, authorize in (("ingress", ec2.authorize_security_group_ingress), ("egress", ec2.authorize_security_group_egress)):
        rule = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
        tags = spec("security-group-rule", f"aws_vpc_security_group_{way}_rule", n)
        authorize(GroupId=group, IpPermissions=[rule], TagSpecifications=tags)
    address = ec2.allocate_address(Domain="vpc", TagSpecifications=spec("elastic-ip", "aws_eip", n))["AllocationId"]
    ec2.create_nat_gateway(
        SubnetId=subnet, AllocationId=address, TagSpecifications=spec("natgateway", "aws_nat_gateway", n)
    )
    ec2.create_vpc_endpoint(
        VpcId=vpc, ServiceName=GATEWAY, VpcEndpointType="Gateway",
        TagSpecifications=spec("vpc-endpoint", "aws_vpc_endpoint", n),
    )
    ec2.create_flow_logs(
        ResourceIds=[subnet], ResourceType="Subnet", TrafficType="ALL", LogGroupName="somebody-elses",
        DeliverLogsPermissionArn="arn:aws:iam::123456789012:role/flows",
        TagSpecifications=spec("vpc-flow-log", "aws_flow_log", n),
    )


def machines(n):
    template = ec2.create_launch_template(
        LaunchTemplateName=f"{deployment}-{n}", LaunchTemplateData={"ImageId": "ami-12345678", "InstanceType": "m7i.large"},
        TagSpecifications=spec("launch-template", "aws_launch_template", n),
    )["LaunchTemplate"]["LaunchTemplateId"]
    volume = ec2.create_volume(
        AvailabilityZone=f"{region}a", Size=1, TagSpecifications=spec("volume", "aws_ebs_volume", n)
    )["VolumeId"]
    instance = ec2.run_instances(
        ImageId="ami-12345678", InstanceType="m7i.large", MinCount=1, MaxCount=1, SubnetId=two[0],
        TagSpecifications=spec("instance", "aws_instance", n),
    )["Instances"][0]["InstanceId"]
    ec2.attach_volume(VolumeId=volume, InstanceId=instance, Device="/dev/sdf")
    ec2.create_network_interface(
        SubnetId=two[0], TagSpecifications=spec("network-interface", "aws_network_interface", n)
    )
    name = f"{deployment}-{n}"
    tags = [{**tag, "PropagateAtLaunch": False} for tag in pairs("aws_autoscaling_group", n)]
    scaling.create_auto_scaling_group(
        AutoScalingGroupName=name, MinSize=0, MaxSize=0, VPCZoneIdentifier=two[0], Tags=tags,
        LaunchTemplate={"LaunchTemplateId": template, "Version": "$Latest"},
    )
    scaling.put_lifecycle_hook(
        AutoScalingGroupName=name, LifecycleHookName="x", LifecycleTransition="autoscaling:EC2_INSTANCE_TERMINATING"
    )
    # Of the type that brings no alarms: those are counted, too.
    scaling.put_scaling_policy(
        AutoScalingGroupName=name, PolicyName="x", AdjustmentType="ChangeInCapacity", ScalingAdjustment=1
    )


def balancers(n):
    name = f"{deployment}-{n}"
    made = elb.create_load_balancer(Name=name, Subnets=two, Tags=pairs("aws_lb", n))["LoadBalancers"][0]
    balancer = made["LoadBalancerArn"]
    target = elb.create_target_group(
        Name=name, Protocol="HTTP", Port=80, VpcId=vpc, Tags=pairs("aws_lb_target_group", n)
    )["TargetGroups"][0]["TargetGroupArn"]
    elb.create_listener(
        LoadBalancerArn=balancer, Protocol="HTTP", Port=80, Tags=pairs("aws_lb_listener", n),
        DefaultActions=[{"Type": "forward", "TargetGroupArn": target}],
    )
    alias = {"HostedZoneId": made["CanonicalHostedZoneId"], "DNSName": made["DNSName"], "EvaluateTargetHealth": True}
    record = {"Name": f"{name}.example.com", "Type": "A", "AliasTarget": alias}
    batch = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    route53.change_resource_record_sets(HostedZoneId=ZONE, ChangeBatch=batch)


def databases(n):
    name = f"{deployment}-{n}"
    rds.create_db_subnet_group(
        DBSubnetGroupName=name, DBSubnetGroupDescription="x", SubnetIds=two, Tags=pairs("aws_db_subnet_group", n)
    )
    rds.create_db_parameter_group(
        DBParameterGroupName=name, DBParameterGroupFamily="postgres16", Description="x",
        Tags=pairs("aws_db_parameter_group", n),
    )
    rds.create_db_instance(
        DBInstanceIdentifier=name, Engine="postgres", DBInstanceClass="db.t4g.medium", AllocatedStorage=20,
        MasterUsername="x", ManageMasterUserPassword=True, Tags=pairs("aws_db_instance", n),
    )


def identities(n):
    name = f"{deployment}-{n}"
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=ROLE, Tags=pairs("aws_iam_role", n))
    iam.put_role_policy(RoleName=name, PolicyName="x", PolicyDocument=ROLE)
    iam.attach_role_policy(RoleName=name, PolicyArn="arn:aws:iam::aws:policy/AmazonEKSClusterPolicy")
    iam.create_instance_profile(InstanceProfileName=name, Tags=pairs("aws_iam_instance_profile", n))
    if n >= 10:
        # To make a key takes moto longer than everything else together.
        return
    key = kms.create_key(Tags=pairs("aws_kms_key", n, "TagKey", "TagValue"))["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName=f"alias/{name}", TargetKeyId=key)


def small(n):
    name = f"{deployment}-{n}"
    settings = {"LocationConstraint": region, "Tags": pairs("aws_s3_bucket", n)}
    s3.create_bucket(Bucket=f"{name}-bucket", CreateBucketConfiguration=settings)
    ssm.put_parameter(Name=f"/{name}", Value="x", Type="String", Tags=pairs("aws_ssm_parameter", n))
    tags = {tag["Key"]: tag["Value"] for tag in pairs("aws_cloudwatch_log_group", n)}
    logs.create_log_group(logGroupName=f"/{name}", tags=tags)
    if n < 10:
        # An account may have no more of them.
        about = {"Effect": "Allow", "Principal": {"Service": "es.amazonaws.com"}, "Action": ["logs:PutLogEvents"]}
        about["Resource"] = f"arn:aws:logs:{region}:123456789012:log-group:/{name}:*"
        logs.put_resource_policy(policyName=name, policyDocument=json.dumps({"Version": "2012-10-17", "Statement": [about]}))
    secrets.create_secret(Name=f"/{name}", Tags=pairs("aws_secretsmanager_secret", n))


def messages(n):
    name = f"{deployment}-{n}"
    topic = sns.create_topic(Name=name, Tags=pairs("aws_sns_topic", n))["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:{region}:123456789012:{name}")
    watch.put_metric_alarm(
        AlarmName=name, Namespace="x", MetricName="x", Statistic="Maximum", ComparisonOperator="GreaterThanThreshold",
        Threshold=0, Period=60, EvaluationPeriods=1, Tags=pairs("aws_cloudwatch_metric_alarm", n),
    )


def events(n):
    name = f"{deployment}-{n}"
    kafka.create_configuration(
        Name=name, Description=f"provision:deployment={deployment}", ServerProperties=b"num.partitions=3\n"
    )
    kafka.create_cluster(
        ClusterName=name, KafkaVersion="3.9.x.kraft", NumberOfBrokerNodes=2,
        BrokerNodeGroupInfo={"InstanceType": "kafka.m7g.large", "ClientSubnets": two},
        Tags={tag["Key"]: tag["Value"] for tag in pairs("aws_msk_cluster", n)},
    )


def searches(n):
    opensearch.create_domain(
        DomainName=f"{deployment}-{n}", EngineVersion="OpenSearch_2.19", TagList=pairs("aws_opensearch_domain", n)
    )


def clusters():
    """Of each a few: every group of nodes is an Auto Scaling group, too, and those are counted."""
    role = "arn:aws:iam::123456789012:role/x"
    some = [n for n in numbers if n < 10]
    tags = lambda kind, n: {tag["Key"]: tag["Value"] for tag in pairs(kind, n)}
    for n in some:
        eks.create_cluster(
            name=f"{deployment}-{n}", roleArn=role, resourcesVpcConfig={"subnetIds": two}, tags=tags("aws_eks_cluster", n)
        )
    for n in some:
        name = f"{deployment}-{n}"
        # It is there when it was looked at.
        while eks.describe_cluster(name=name)["cluster"]["status"] != "ACTIVE":
            pass
        eks.create_nodegroup(
            clusterName=name, nodegroupName="x", nodeRole=role, subnets=two, tags=tags("aws_eks_node_group", n),
            scalingConfig={"minSize": 0, "desiredSize": 0, "maxSize": 1},
        )
        eks.create_addon(
            clusterName=name, addonName="vpc-cni", tags=tags("aws_eks_addon", n),
            podIdentityAssociations=[{"serviceAccount": "aws-node", "roleArn": role}],
        )
        eks.create_pod_identity_association(
            clusterName=name, namespace="x", serviceAccount="x", roleArn=role,
            tags=tags("aws_eks_pod_identity_association", n),
        )


def files():
    """It takes a moment until a file system takes anything."""
    made = [
        efs.create_file_system(CreationToken=f"{deployment}-{n}", Tags=pairs("aws_efs_file_system", n))["FileSystemId"]
        for n in numbers
    ]
    time.sleep(0.5)
    for system in made:
        efs.create_mount_target(FileSystemId=system, SubnetId=two[0])
        efs.put_backup_policy(FileSystemId=system, BackupPolicy={"Status": "ENABLED"})


for number in numbers:
    for part in (networks, machines, balancers, databases, identities, small, messages, events, searches):
        part(number)
files()
clusters()
# Until the last of them are there: a cluster is once it was looked at.
for page in kafka.get_paginator("list_clusters").paginate():
    pass
time.sleep(0.5)
