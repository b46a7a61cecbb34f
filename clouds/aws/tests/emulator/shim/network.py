"""EC2: what is refused while something uses it, and dry runs that change nothing."""

import moto.ec2.models.instances as instances
import moto.ec2.models.security_groups as security_groups
import moto.ec2.models.subnets as subnets
from moto.core.exceptions import ServiceException
from moto.core.utils import camelcase_to_underscores
from moto.ec2.exceptions import DependencyViolationError, EC2ClientError
from moto.ec2.responses import EC2Response

from . import zones


def install() -> None:
    _dry_runs()
    _groups_in_use()
    _subnets_in_use()
    _no_room_in_failed_zones()
    _endpoints_without_routes()
    _rules_say_why()
    _gateways_take_their_interfaces()


# docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonParameters.html: with DryRun the permission is checked, nothing is
# done, and the answer is the error DryRunOperation (or UnauthorizedOperation).
def _dry_runs():
    original = EC2Response.call_action

    def call_action(self):
        if str(self.querystring.get("DryRun", ["false"])[0]).lower() != "true":
            return original(self)
        # On this one answer, not on its class: others run beside it. The permission is checked before it is called.
        setattr(self, camelcase_to_underscores(self._get_action()), _refuse)
        status, headers, body = original(self)
        dry = "DryRunOperation" in (body.decode() if isinstance(body, bytes) else str(body))
        return (412 if dry else status), headers, body

    EC2Response.call_action = call_action


def _refuse():
    raise EC2ClientError("DryRunOperation", "Request would have succeeded, but DryRun flag is set.")


# docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html: DependencyViolation for a group that is
# associated with an instance or an interface, or that a rule of another group in the VPC names.
def _groups_in_use():
    original = security_groups.SecurityGroupBackend._delete_security_group

    def delete(self, vpc_id, group_id):
        users = [group.id for group in self.describe_security_groups() if group.id != group_id and _names(group, group_id)]
        users += [eni.id for eni in self.get_all_network_interfaces() if _uses(eni, group_id)]
        if users:
            raise DependencyViolationError(f"resource {group_id} has a dependent object")
        return original(self, vpc_id, group_id)

    security_groups.SecurityGroupBackend._delete_security_group = delete


def _names(group, group_id):
    rules = list(group.ingress_rules) + list(group.egress_rules)
    return any(rule.source_group.get("GroupId") == group_id for rule in rules)


def _uses(interface, group_id):
    attached = [getattr(group, "id", group) for group in interface.group_set or []]
    instance = getattr(interface, "instance", None)
    if instance is not None and getattr(instance, "state", "") == "terminated":
        return False
    return group_id in attached


# docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSubnet.html: all that stands in it has to go first.
def _subnets_in_use():
    original = subnets.SubnetBackend.delete_subnet

    def delete_subnet(self, subnet_id):
        here = [eni.id for eni in self.get_all_network_interfaces() if _stands(eni, subnet_id)]
        here += [
            instance.id
            for reservation in self.all_reservations()
            for instance in reservation.instances
            if instance.subnet_id == subnet_id and instance.state != "terminated"
        ]
        here += [
            gateway.id
            for gateway in self.nat_gateways.values()
            if gateway.subnet_id == subnet_id and gateway.state != "deleted"
        ]
        if here:
            message = f"The subnet '{subnet_id}' has dependencies and cannot be deleted."
            raise DependencyViolationError(message)
        return original(self, subnet_id)

    subnets.SubnetBackend.delete_subnet = delete_subnet


def _stands(interface, subnet_id):
    instance = getattr(interface, "instance", None)
    if instance is not None and getattr(instance, "state", "") == "terminated":
        return False
    return getattr(interface.subnet, "id", None) == subnet_id


# docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html: InsufficientInstanceCapacity.
def _no_room_in_failed_zones():
    original = instances.InstanceBackend.run_instances

    def run_instances(self, *rest, **named):
        subnet = named.get("subnet_id")
        for nic in named.get("nics") or []:
            subnet = subnet or (nic.get("SubnetId") if isinstance(nic, dict) else None)
        zone = self.get_subnet(subnet).availability_zone if subnet else named.get("placement")
        if zone in zones.failed:
            message = f"We currently do not have sufficient capacity in the Availability Zone you requested ({zone})."
            raise EC2ClientError("InsufficientInstanceCapacity", message)
        return original(self, *rest, **named)

    instances.InstanceBackend.run_instances = run_instances


# Deleting a gateway endpoint takes its routes with it; moto fails for tables that were added later.
def _endpoints_without_routes():
    import moto.ec2.models.vpcs as vpcs

    original = vpcs.VPCBackend.delete_vpc_endpoints

    def delete_vpc_endpoints(self, vpce_ids=None):
        for endpoint_id in vpce_ids or []:
            endpoint = self.vpc_end_points.get(endpoint_id)
            if endpoint is None or not endpoint.route_table_ids or not endpoint.destination_prefix_list_id:
                continue
            endpoint.route_table_ids = [
                table_id for table_id in endpoint.route_table_ids if _has_route(self, table_id, endpoint)
            ]
        return original(self, vpce_ids)

    vpcs.VPCBackend.delete_vpc_endpoints = delete_vpc_endpoints


def _has_route(backend, table_id, endpoint):
    try:
        table = backend.get_route_table(table_id)
    except ServiceException:
        return False
    return any(endpoint.destination_prefix_list_id in route_id for route_id in table._routes)


# docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRule.html: a rule has its description, whatever it lets in.
def _rules_say_why():
    def description(rule):
        return rule.ip_range.get("Description") or rule.source_group.get("Description")

    security_groups.SecurityGroupRule.description = property(description)


# docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-working-with.html: deleting a gateway deletes its interface, and
# leaves its address to whoever allocated it.
def _gateways_take_their_interfaces():
    import moto.ec2.models.nat_gateways as nat_gateways

    original = nat_gateways.NatGatewayBackend.delete_nat_gateway

    def delete_nat_gateway(self, nat_gateway_id):
        gateway = original(self, nat_gateway_id)
        for address in self.addresses:
            if address.eni is gateway._eni:
                address.eni = address.association_id = None
        self.enis.pop(gateway._eni.id, None)
        return gateway

    nat_gateways.NatGatewayBackend.delete_nat_gateway = delete_nat_gateway
