"""Lists that show only a while later what was made.

docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html: after a create a describe may not find it yet.
docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency: IAM likewise.
"""

import re
import threading
import time
import xml.etree.ElementTree as ET

settings = {"seconds": 0.0}
_born: dict = {}
_lock = threading.Lock()

# The element that identifies an item of the list, by operation.
IDS = {
    "DescribeVpcs": "vpcId", "DescribeSubnets": "subnetId", "DescribeInternetGateways": "internetGatewayId",
    "DescribeAddresses": "allocationId", "DescribeNatGateways": "natGatewayId", "DescribeRouteTables": "routeTableId",
    "DescribeSecurityGroups": "groupId", "DescribeSecurityGroupRules": "securityGroupRuleId",
    "DescribeVpcEndpoints": "vpcEndpointId", "DescribeLaunchTemplates": "launchTemplateId",
    "DescribeVolumes": "volumeId", "DescribeNetworkInterfaces": "networkInterfaceId", "DescribeFlowLogs": "flowLogId",
    "DescribeSnapshots": "snapshotId",
    "ListRoles": "RoleName", "ListInstanceProfiles": "InstanceProfileName",
}
MADE = re.compile(rb"<(\w+Id|RoleName|InstanceProfileName)>([\w.@+=,-]+)</\1>")


def note(asked, body):
    """Keeps when something was made."""
    if settings["seconds"] and asked.action.startswith("Create") or asked.action == "AllocateAddress":
        now = time.monotonic()
        with _lock:
            for tag, value in MADE.findall(body):
                if tag.decode() == _own(asked.action):
                    _born.setdefault(value.decode(), now)


def _own(action):
    made = {"AllocateAddress": "allocationId", "CreateRole": "RoleName", "CreateInstanceProfile": "InstanceProfileName"}
    if action in made:
        return made[action]
    for describe, tag in IDS.items():
        if describe.startswith("Describe") and describe[len("Describe") : -1] == action[len("Create") :]:
            return tag
    return ""


def filtered(asked, body):
    """An answer without what is too young to be seen."""
    tag = IDS.get(asked.action)
    if not tag or not settings["seconds"]:
        return body
    since = time.monotonic() - settings["seconds"]
    with _lock:
        young = {name for name, born in _born.items() if born > since}
    if not young:
        return body
    root = ET.fromstring(body)
    space = root.tag.split("}")[0] + "}" if root.tag.startswith("{") else ""
    if space:
        ET.register_namespace("", space[1:-1])
    for parent in root.iter():
        for item in list(parent):
            named = item.find(f"{space}{tag}")
            if named is not None and named.text in young:
                parent.remove(item)
    return ET.tostring(root)
