"""Auto Scaling: groups stand in all their zones, heal, refuse what AWS refuses, and refresh."""

import collections
import datetime
import re
import uuid

import moto.autoscaling.models as models
import moto.autoscaling.responses as responses
import moto.ec2.models.instances as instances
from moto.autoscaling.exceptions import AutoscalingClientError
from moto.core.responses import ActionResult, EmptyResult

from . import zones

_refreshes = collections.defaultdict(list)


def install() -> None:
    models.FakeAutoScalingGroup.replace_autoscaling_group_instances = _launch
    _show_launched_version()
    _heal()
    _refuse()
    _settings_that_moto_forgets()
    responses.AutoScalingResponse.start_instance_refresh = _start_refresh
    responses.AutoScalingResponse.describe_instance_refreshes = _describe_refreshes
    responses.AutoScalingResponse.cancel_instance_refresh = _cancel_refresh
    responses.AutoScalingResponse.disable_metrics_collection = _disable_metrics
    responses.AutoScalingResponse.complete_lifecycle_action = lambda self: EmptyResult()
    responses.AutoScalingResponse.record_lifecycle_action_heartbeat = lambda self: EmptyResult()


# docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-availability-zone-balanced.html: instances are spread
# evenly over the zones of the group; a zone that can't start any is left out, and where none can, the group stays short.
def _launch(self, count, tags):
    tags = {**dict(tags), models.ASG_NAME_TAG: self.name, **self.instance_tags}
    ec2 = self.autoscaling_backend.ec2_backend
    for _ in range(count):
        subnet, zone = _place(self, ec2)
        if zone in zones.failed:
            return
        template = version = None
        if self.ec2_launch_template:
            version = self.ec2_launch_template.get_version(self.launch_template_version)
            template = {"LaunchTemplateId": self.ec2_launch_template.id, "Version": str(version.number)}
        instance = ec2.run_instances(
            self.image_id, 1, self.user_data, self.security_groups, instance_type=self.instance_type,
            tags={"instance": tags}, placement=zone, launch_config=self.launch_config, launch_template=template,
            is_instance_type_default=False, associate_public_ip=None, subnet_id=subnet,
        ).instances[0]
        instance.autoscaling_group = self
        if version is not None:
            _as_the_template_says(ec2, instance, version)
        _register(self, instance)
        protected = self.new_instances_protected_from_scale_in
        self.instance_states.append(models.InstanceState(instance, protected_from_scale_in=protected))


# docs.aws.amazon.com/autoscaling/ec2/userguide/attach-load-balancer-asg.html: what starts is registered with the group's
# target groups, and what is terminated is taken out of them.
def _register(group, instance):
    balancers = group.autoscaling_backend.elbv2_backend
    for arn in group.target_group_arns:
        balancers.register_targets(arn, [{"Id": instance.id, "Port": balancers.target_groups[arn].port}])


def _deregister(backend, instance_id):
    for group in backend.autoscaling_groups.values():
        if any(state.instance.id == instance_id for state in group.instance_states):
            for arn in group.target_group_arns:
                backend.elbv2_backend.deregister_targets(arn, [{"Id": instance_id}])


def _place(group, ec2):
    subnets = group.vpc_zone_identifier.split(",") if group.vpc_zone_identifier else [None]
    zone_of = {s: ec2.get_subnet(s).availability_zone if s else group.availability_zones[0] for s in subnets}
    standing = [s for s in subnets if zone_of[s] not in zones.failed] or subnets
    live = collections.Counter(state.instance.subnet_id for state in group.active_instances())
    subnet = min(standing, key=lambda s: (live[s], subnets.index(s)))
    return subnet, zone_of[subnet]


def _as_the_template_says(ec2, instance, version):
    instance._launched_version = str(version.number)
    profile = version.data.get("IamInstanceProfile") or {}
    if profile:
        try:
            ec2.associate_iam_instance_profile(instance.id, profile.get("Name"), profile.get("Arn"))
        except Exception as error:
            message = f"Invalid IamInstanceProfile: {profile} ({error})"
            raise AutoscalingClientError("ValidationError", message) from error
    options = getattr(instance, "metadata_options", None)
    for name, value in (version.data.get("MetadataOptions") or {}).items():
        if hasattr(options, "__dict__"):
            options.__dict__[re.sub("(?<!^)([A-Z])", r"_\1", name).lower()] = value
        else:
            options[name] = value


def _show_launched_version():
    """An instance shows the version that it was launched from, not the template's default of today."""
    original = models.InstanceState.launch_template.fget

    def launch_template(self):
        shown = original(self)
        if shown and hasattr(self.instance, "_launched_version"):
            shown["Version"] = self.instance._launched_version
        return shown

    models.InstanceState.launch_template = property(launch_template)


# docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-health-checks.html: what is not running, or was called
# unhealthy, is replaced unless ReplaceUnhealthy is suspended.
def _heal():
    set_health = models.AutoScalingBackend.set_instance_health
    stop = instances.InstanceBackend.stop_instances

    def set_instance_health(self, instance_id, health_status):
        set_health(self, instance_id, health_status)
        if health_status == "Unhealthy":
            replace(self, instance_id)

    def stop_instances(self, ids):
        answer = stop(self, ids)
        backend = models.autoscaling_backends[self.account_id][self.region_name]
        for instance_id in ids:
            replace(backend, instance_id)
        return answer

    models.AutoScalingBackend.set_instance_health = set_instance_health
    instances.InstanceBackend.stop_instances = stop_instances


def replace(backend, instance_id):
    for group in backend.autoscaling_groups.values():
        member = any(state.instance.id == instance_id for state in group.instance_states)
        if member and "ReplaceUnhealthy" not in group._suspended_processes:
            terminate(backend, instance_id)


def terminate(backend, instance_id):
    _deregister(backend, instance_id)
    backend.ec2_backend.terminate_instances([instance_id])
    backend.notify_terminate_instances([instance_id])


# docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html (AlreadyExists) and
# API_DeleteAutoScalingGroup.html (ResourceInUse while there are instances, unless forced).
def _refuse():
    create = models.AutoScalingBackend.create_auto_scaling_group

    def create_auto_scaling_group(self, name, *rest, **named):
        if name in self.autoscaling_groups:
            message = f"AutoScalingGroup by this name already exists - A group with the name {name} already exists"
            raise AutoscalingClientError("AlreadyExists", message)
        return create(self, name, *rest, **named)

    def delete_auto_scaling_group(self):
        name = self._get_param("AutoScalingGroupName")
        group = self.autoscaling_backend.autoscaling_groups.get(name)
        if group and group.instance_states and not self._get_bool_param("ForceDelete", False):
            message = "You cannot delete an AutoScalingGroup while there are instances still in the group."
            raise AutoscalingClientError("ResourceInUse", message)
        self.autoscaling_backend.delete_auto_scaling_group(name)
        return EmptyResult()

    models.AutoScalingBackend.create_auto_scaling_group = create_auto_scaling_group
    responses.AutoScalingResponse.delete_auto_scaling_group = delete_auto_scaling_group


# docs.aws.amazon.com/autoscaling/ec2/userguide/instance-refresh-overview.html. Each look replaces one instance, so that
# its progress is the same each time.
def _start_refresh(self):
    name = self._get_param("AutoScalingGroupName")
    group = self.autoscaling_backend.autoscaling_groups[name]
    if any(refresh["Status"] == "InProgress" for refresh in _refreshes[name]):
        raise AutoscalingClientError("InstanceRefreshInProgress", "An Instance Refresh is already in progress")
    todo = [state.instance.id for state in group.instance_states]
    refresh = {
        "InstanceRefreshId": str(uuid.uuid4()), "AutoScalingGroupName": name, "Status": "InProgress",
        "StartTime": _now(), "PercentageComplete": 0, "InstancesToUpdate": len(todo), "_todo": todo,
    }
    _refreshes[name].insert(0, refresh)
    return ActionResult({"InstanceRefreshId": refresh["InstanceRefreshId"]})


def _describe_refreshes(self):
    name = self._get_param("AutoScalingGroupName")
    for refresh in _refreshes[name]:
        if refresh["Status"] == "InProgress":
            if refresh["_todo"]:
                terminate(self.autoscaling_backend, refresh["_todo"].pop())
            refresh["InstancesToUpdate"] = len(refresh["_todo"])
            if not refresh["_todo"]:
                refresh.update(Status="Successful", PercentageComplete=100, EndTime=_now())
    shown = [{k: v for k, v in refresh.items() if k[0] != "_"} for refresh in _refreshes[name]]
    return ActionResult({"InstanceRefreshes": shown})


def _cancel_refresh(self):
    name = self._get_param("AutoScalingGroupName")
    for refresh in _refreshes[name]:
        if refresh["Status"] == "InProgress":
            refresh["Status"] = "Cancelled"
            return ActionResult({"InstanceRefreshId": refresh["InstanceRefreshId"]})
    raise AutoscalingClientError("ActiveInstanceRefreshNotFound", "No in progress Instance Refresh found")


# docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DisableMetricsCollection.html: those that are named, else all.
def _disable_metrics(self):
    group = self.autoscaling_backend.describe_auto_scaling_groups([self._get_param("AutoScalingGroupName")])[0]
    named = self._get_param("Metrics") or group.metrics
    group.metrics = [metric for metric in group.metrics if metric not in named]
    return EmptyResult()


def _now():
    return datetime.datetime.now(datetime.timezone.utc)


# docs.aws.amazon.com/autoscaling/ec2/APIReference/API_AutoScalingGroup.html and API_LifecycleHook.html: what a group and
# a hook were told comes back, and nothing else does.
def _settings_that_moto_forgets():
    def keeping(original):
        def keep(self):
            answer = original(self)
            group = self.autoscaling_backend.autoscaling_groups.get(self._get_param("AutoScalingGroupName"))
            told = self._get_params()
            if group is not None and "DefaultInstanceWarmup" in told:
                group.default_instance_warmup = int(told["DefaultInstanceWarmup"])
            if group is not None and "InstanceMaintenancePolicy" in told:
                policy = told["InstanceMaintenancePolicy"]
                group.instance_maintenance_policy = {name: int(value) for name, value in policy.items()}
            return answer

        return keep

    for name in ("create_auto_scaling_group", "update_auto_scaling_group"):
        setattr(responses.AutoScalingResponse, name, keeping(getattr(responses.AutoScalingResponse, name)))
    make = models.LifecycleHook.__init__

    def made(self, *rest, **named):
        make(self, *rest, **named)
        self.role_arn = self.notification_target_arn = None

    models.LifecycleHook.__init__ = made
