"""Load balancers: refusals, one balancer of a name, and health that a test can set."""

import moto.elbv2.models as models
from moto.elbv2.exceptions import DuplicateListenerError, DuplicateLoadBalancerName, ELBClientError, ValidationError

# (target group, target) → (state, reason)
_health: dict = {}
# Names of balancers that no list shows.
_unlisted: set = set()


def install() -> None:
    _create()
    _listen()
    _delete()
    _health_as_set()
    _lists()


# docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html: two zones at least for an
# application load balancer; the same settings again succeed, other settings are DuplicateLoadBalancerName.
def _create():
    original = models.ELBv2Backend.create_load_balancer

    def create_load_balancer(self, name, security_groups, subnet_ids, subnet_mappings=None, scheme="internet-facing",
                             loadbalancer_type=None, ip_address_type="ipv4", tags=None):
        scheme = scheme or "internet-facing"
        wanted = list(subnet_ids or []) + [mapping["SubnetId"] for mapping in subnet_mappings or []]
        zones = {self.ec2_backend.get_subnet(subnet).availability_zone for subnet in wanted}
        if (loadbalancer_type or "application") == "application" and len(zones) < 2:
            raise ValidationError("At least two subnets in two different Availability Zones must be specified")
        for balancer in self.load_balancers.values():
            if balancer.name == name:
                has = sorted(subnet.id for subnet in balancer.subnets)
                same = has == sorted(wanted) and sorted(balancer.security_groups) == sorted(security_groups or [])
                if same and balancer.scheme == scheme:
                    return balancer
                raise DuplicateLoadBalancerName()
        return original(self, name, security_groups, subnet_ids, subnet_mappings, scheme, loadbalancer_type,
                        ip_address_type, tags)

    models.ELBv2Backend.create_load_balancer = create_load_balancer


# docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html: the same settings again succeed, other
# settings for a port that has a listener are DuplicateListener. moto looks for a port among ARNs.
def _listen():
    original = models.ELBv2Backend.create_listener

    def create_listener(self, load_balancer_arn, protocol, port, ssl_policy, certificate, actions, *rest, **named):
        balancer = self.load_balancers.get(load_balancer_arn)
        for listener in balancer.listeners.values() if balancer else ():
            if str(listener.port) == str(port):
                wanted = [models.FakeAction(action).data for action in actions]
                if (listener.protocol, [action.data for action in listener.default_actions]) == (protocol, wanted):
                    return listener
                raise DuplicateListenerError()
        return original(self, load_balancer_arn, protocol, port, ssl_policy, certificate, actions, *rest, **named)

    models.ELBv2Backend.create_listener = create_listener


# docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteLoadBalancer.html: OperationNotPermitted with
# deletion protection.
def _delete():
    original = models.ELBv2Backend.delete_load_balancer

    def delete_load_balancer(self, arn):
        balancer = self.load_balancers.get(arn)
        if balancer is not None and str(balancer.attrs.get("deletion_protection.enabled")).lower() == "true":
            message = f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled"
            raise ELBClientError("OperationNotPermitted", message)
        return original(self, arn)

    models.ELBv2Backend.delete_load_balancer = delete_load_balancer


def _health_as_set():
    original = models.FakeTargetGroup.health_for

    def health_for(self, target, ec2_backend):
        status = original(self, target, ec2_backend)
        wanted = _health.get((self.arn, target["Id"]))
        if wanted and status.status == "healthy":
            status.status, status.reason, status.description = wanted, "Target.FailedHealthChecks", "set by a test"
        return status

    models.FakeTargetGroup.health_for = health_for


# docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeLoadBalancers.html: by ARN or name, or all. What was
# made after the list was made stands in no list: a test says which.
def _lists():
    original = models.ELBv2Backend.describe_load_balancers

    def describe_load_balancers(self, arns, names):
        found = original(self, arns, names)
        return found if arns or names else [one for one in found if one.name not in _unlisted]

    models.ELBv2Backend.describe_load_balancers = describe_load_balancers


def unlist(name: str) -> dict:
    _unlisted.add(name)
    return {}


def set_health(target_group: str, target: str, state: str) -> dict:
    _health[(target_group, target)] = state
    return {}
