"""Auto Scaling's policies: each belongs to a group and goes with it, and what tracks a target brings alarms."""

import uuid

import moto.autoscaling.models as models
import moto.autoscaling.responses as responses
from moto.autoscaling.exceptions import AutoscalingClientError
from moto.core.responses import EmptyResult

# Those of one metric, for both directions.
ALARMS = ("AlarmHigh", "AlarmLow")


def install() -> None:
    remove = models.AutoScalingBackend.delete_auto_scaling_group
    put = responses.AutoScalingResponse.put_scaling_policy

    def delete_auto_scaling_group(self, group_name):
        remove(self, group_name)
        for key in [key for key in self.policies if key[0] == group_name]:
            _gone(self, self.policies.pop(key))

    def put_scaling_policy(self):
        answer = put(self)
        key = self._get_param("AutoScalingGroupName"), self._get_param("PolicyName")
        self.autoscaling_backend.policies[key].enabled = self._get_bool_param("Enabled", True)
        return answer

    models.AutoScalingBackend.put_scaling_policy = _put
    responses.AutoScalingResponse.put_scaling_policy = put_scaling_policy
    models.AutoScalingBackend.delete_auto_scaling_group = delete_auto_scaling_group
    responses.AutoScalingResponse.delete_policy = _delete


# docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PutScalingPolicy.html: a policy of that name and group is written
# over; it is enabled unless it is said otherwise, and what isn't said about a target is its default
# (API_TargetTrackingConfiguration.html).
def _put(self, name, policy_type, metric_aggregation_type, adjustment_type, as_name, **given):
    if as_name not in self.autoscaling_groups:
        raise AutoscalingClientError("ValidationError", f"Group {as_name} not found")
    policy = models.FakeScalingPolicy(
        name, policy_type, metric_aggregation_type, adjustment_type, as_name, autoscaling_backend=self, **given
    )
    before = self.policies.get((as_name, name))
    policy.alarms = before.alarms if before else []
    if policy_type == "TargetTrackingScaling":
        policy.target_tracking_configuration.__dict__.setdefault("DisableScaleIn", False)
        policy.alarms = policy.alarms or _alarms(self, as_name)
    self.policies[as_name, name] = policy
    return policy


# docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-target-tracking.html: the alarms of a target are made, changed
# and deleted by the service.
def _alarms(self, group):
    watch = _watch(self)
    names = [f"TargetTracking-{group}-{which}-{uuid.uuid4()}" for which in ALARMS]
    return [
        {"AlarmName": name, "AlarmARN": watch.put_metric_alarm(
            name, "AWS/EC2", "CPUUtilization", "GreaterThanThreshold", 3, 60, 50.0, "Average", "", [], [],
        ).alarm_arn}
        for name in names
    ]


def _watch(self):
    from moto.cloudwatch.models import cloudwatch_backends

    return cloudwatch_backends[self.account_id][self.region_name]


# docs.aws.amazon.com/autoscaling/ec2/userguide/deleting-scaling-policy.html
def _gone(self, policy):
    _watch(self).delete_alarms([alarm["AlarmName"] for alarm in policy.alarms])


def _delete(self):
    key = self._get_param("AutoScalingGroupName"), self._get_param("PolicyName")
    if key not in self.autoscaling_backend.policies:
        raise AutoscalingClientError("ValidationError", "No policy found")
    _gone(self.autoscaling_backend, self.autoscaling_backend.policies.pop(key))
    return EmptyResult()
