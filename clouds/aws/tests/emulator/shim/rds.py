"""RDS: what moto forgets of a database."""

import random
import string

import moto.rds.models as models
import moto.rds.responses as responses
from moto.core.responses import ActionResult
from moto.rds.exceptions import DBSubnetGroupNotFoundError


# docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBInstance.html: PerformanceInsightsEnabled.
def install() -> None:
    for name in ("create_db_instance", "modify_db_instance"):
        setattr(responses.RDSResponse, name, _remembering(getattr(responses.RDSResponse, name)))
    responses.RDSResponse.reset_db_parameter_group = _reset
    models.RDSBackend.modify_db_subnet_group = _kept(models.RDSBackend.modify_db_subnet_group)
    _stands_in_its_subnets()


# docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBSubnetGroup.html: the group that is changed is still there.
# moto takes it out and forgets it.
def _kept(original):
    def modify_db_subnet_group(self, subnet_name, *rest):
        if subnet_name not in self.subnet_groups:
            raise DBSubnetGroupNotFoundError(subnet_name)
        group = original(self, subnet_name, *rest)
        self.subnet_groups[subnet_name] = group
        return group

    return modify_db_subnet_group


# docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ResetDBParameterGroup.html: those that are named, or all of them,
# are the engine's own again.
def _reset(self):
    name = self.params["DBParameterGroupName"]
    group = self.backend.modify_db_parameter_group(name, [])
    if self.params.get("ResetAllParameters"):
        group.parameters.clear()
    for parameter in self.params.get("Parameters", []):
        group.parameters.pop(parameter.original_dict()["ParameterName"], None)
    return ActionResult({"DBParameterGroupName": group.name})


def _remembering(original):
    def answer(self):
        answer = original(self)
        wanted = self.params.get("EnablePerformanceInsights")
        if wanted is not None:
            database = self.backend.describe_db_instances(self.params["DBInstanceIdentifier"])[0]
            database.performance_insights_enabled = wanted
        return answer

    return answer


# docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBInstance.html: DbiResourceId is no other instance's;
# SecondaryAvailabilityZone is where the standby of a Multi-AZ instance stands. Both stand in zones of the subnet group.
def _stands_in_its_subnets():
    original = models.DBInstance.__init__

    def made(self, *rest, **named):
        original(self, *rest, **named)
        self.dbi_resource_id = "db-" + "".join(random.choices(string.ascii_uppercase + string.digits, k=26))
        self._secondary = None
        zones = _zones(self)
        if not named.get("availability_zone") and zones:
            self.availability_zone = zones[0]

    models.DBInstance.__init__ = made
    models.DBInstance.secondary_availability_zone = property(_secondary)


def _zones(database):
    group = getattr(database, "db_subnet_group", None)
    return sorted({subnet["SubnetAvailabilityZone"]["Name"] for subnet in group.subnets}) if group else []


def _secondary(database):
    if not database.multi_az:
        database._secondary = None
    elif database._secondary is None:
        others = [zone for zone in _zones(database) if zone != database.availability_zone]
        database._secondary = others[0] if others else None
    return database._secondary
