"""Node groups of EKS: machines in an Auto Scaling group, new ones for a new version, and changes one at a time."""

import copy
import uuid

import moto.eks.responses as responses
from moto.autoscaling.models import autoscaling_backends
from moto.core.responses import ActionResult

from . import groups
from .eks import begin, cluster, invalid, look, missing, update_answer


def install() -> None:
    create, describe = responses.EKSResponse.create_nodegroup, responses.EKSResponse.describe_nodegroup
    configure = responses.EKSResponse.update_nodegroup_config

    def created(self):
        answer = create(self)
        group = _group(self)
        group.tags = group.tags or {}
        group.update_config = self._get_param("updateConfig") or {"maxUnavailable": 1}
        group.node_repair_config = self._get_param("nodeRepairConfig") or {"enabled": False}
        group._looks, group.status = 0, "CREATING"
        if group.launch_template:
            # docs.aws.amazon.com/eks/latest/userguide/launch-templates.html: type and disk are the template's.
            group.instance_types = self._get_param("instanceTypes") or None
            group.disk_size = None
        _start(self, group)
        return answer

    def described(self):
        group = cluster(self).nodegroups.get(self._get_param("nodegroupName"))
        if group is not None and not look(group):
            self.eks_backend.delete_nodegroup(cluster_name=group.cluster_name, nodegroup_name=group.nodegroup_name)
        if group is not None and group.status != "CREATING":
            group.resources = {"autoScalingGroups": [{"name": group._machines}]}
        return describe(self)

    def configured(self):
        group = _group(self)
        begin(group, "UPDATING")
        configure(self)
        if self._get_param("scalingConfig"):
            _resize(self, group)
        return update_answer("ConfigUpdate")

    responses.EKSResponse.create_nodegroup = created
    responses.EKSResponse.describe_nodegroup = described
    responses.EKSResponse.update_nodegroup_config = configured
    responses.EKSResponse.update_nodegroup_version = _roll
    responses.EKSResponse.delete_nodegroup = _delete


def _group(self):
    group = cluster(self).nodegroups.get(self._get_param("nodegroupName"))
    if group is None:
        raise missing("node group")
    return group


def _backend(self):
    return autoscaling_backends[self.current_account][self.region]


# docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html: every node is part of an Auto Scaling group that the
# service runs for you, spread over the group's subnets, and tagged with the cluster's name. The group starts its machines
# from a launch template of the service's own, into which it merges the one that was named (launch-templates.html).
def _start(self, group):
    backend = _backend(self)
    name = f"eks-{group.nodegroup_name}-{uuid.uuid4()}"
    template = backend.ec2_backend.create_launch_template(name, "", _merged(backend.ec2_backend, group), {})
    size = group.scaling_config
    mine = {"eks:cluster-name": group.cluster_name, "eks:nodegroup-name": group.nodegroup_name}
    tags = [
        {"Key": key, "Value": value, "PropagateAtLaunch": "true", "ResourceId": name, "ResourceType": "auto-scaling-group"}
        for key, value in {**mine, f"kubernetes.io/cluster/{group.cluster_name}": "owned"}.items()
    ]
    backend.create_auto_scaling_group(
        name=name, availability_zones=[], desired_capacity=size["desiredSize"], max_size=size["maxSize"],
        min_size=size["minSize"], launch_config_name=None, vpc_zone_identifier=",".join(group.subnets),
        launch_template={"LaunchTemplateId": template.id, "Version": "$Latest"}, default_cooldown=None,
        health_check_period=15, health_check_type="EC2", load_balancers=[], target_group_arns=[], placement_group=None,
        termination_policies=[], tags=tags,
    )
    group._machines, group._template, group.resources = name, template, None


def _merged(ec2, group):
    data, named = {}, group.launch_template or {}
    if named:
        template = ec2.get_launch_template(named["id"])
        version = template.get_version(named.get("version") or "$Default")
        named["version"] = str(version.number)
        data = copy.deepcopy(version.data)
    parameter = f"/aws/service/eks/optimized-ami/{group.version}/amazon-linux-2023/x86_64/standard/recommended/image_id"
    data.setdefault("ImageId", f"resolve:ssm:{parameter}")
    data.setdefault("InstanceType", (group.instance_types or ["t3.medium"])[0])
    return data


def _resize(self, group):
    machines = _backend(self).autoscaling_groups[group._machines]
    size = group.scaling_config
    machines.min_size, machines.max_size = size["minSize"], size["maxSize"]
    _backend(self).set_desired_capacity(group._machines, size["desiredSize"])


# docs.aws.amazon.com/eks/latest/APIReference/API_UpdateNodegroupVersion.html: with the template that it was made with, by
# its id or its name, not both; all machines are replaced.
def _roll(self):
    group, named = _group(self), self._get_param("launchTemplate")
    if named and "id" in named and "name" in named:
        raise invalid("Either provide launch template ID or launch template name in the request.")
    if bool(named) != bool(group.launch_template):
        raise invalid("A node group is updated with a launch template if it was made with one, and only then.")
    if named and (named.get("id") or group.launch_template["id"], named.get("name") or group.launch_template["name"]) != (
        group.launch_template["id"], group.launch_template["name"],
    ):
        raise invalid("You must specify the launch template that the node group was made with.")
    begin(group, "UPDATING")
    if named:
        group.launch_template["version"] = named.get("version") or "$Default"
    group.version = self._get_param("version") or cluster(self).version
    group.release_version = self._get_param("releaseVersion") or f"{group.version}.0-20260101"
    backend = _backend(self)
    group._template.create_version(_merged(backend.ec2_backend, group), "")
    for state in list(backend.autoscaling_groups[group._machines].instance_states):
        groups.terminate(backend, state.instance.id)
    return update_answer("VersionUpdate")


# docs.aws.amazon.com/eks/latest/APIReference/API_DeleteNodegroup.html: it is DELETING while its machines go.
def _delete(self):
    group = _group(self)
    begin(group, "DELETING")
    backend = _backend(self)
    backend.set_desired_capacity(group._machines, 0)
    backend.delete_auto_scaling_group(group._machines)
    backend.ec2_backend.delete_launch_template(None, group._template.id)
    return ActionResult({"nodegroup": group})
