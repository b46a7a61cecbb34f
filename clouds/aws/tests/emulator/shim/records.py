"""Route 53: a zone that was there before everything else, and changes that are made whole or not at all."""

import copy
import re

import moto.route53.models as models
import moto.route53.responses as responses
from moto.core import DEFAULT_ACCOUNT_ID
from moto.route53.exceptions import DnsNameInvalidForZone, Route53ClientError

# The tests' directories name it: `example.com`.
ZONE = "Z0123456789EXAMPLE"


def install() -> None:
    zones = models.route53_backends[DEFAULT_ACCOUNT_ID]["aws"]
    zone = zones.create_hosted_zone("example.com.", private_zone=False)
    del zones.zones[zone.resource_id]
    zone.resource_id = ZONE
    zones.zones[ZONE] = zone
    models.Route53Backend.change_resource_record_sets = _change
    of_zone = models.FakeZone.get_record_sets
    models.FakeZone.get_record_sets = lambda self, kind, name: of_zone(self, kind, _name(name) if name else name)
    responses.Route53._determine_resource = _resource


# docs.aws.amazon.com/service-authorization/latest/reference/list_amazonroute53.html: records are changed and listed by a
# permission for their zone.
def _resource(self):
    found = re.search("/hostedzone/([A-Z0-9]+)", self.path)
    return f"arn:aws:route53:::hostedzone/{found.group(1)}" if found else "*"


# docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html: small letters, a dot at the end, and a code for a
# star.
def _name(name):
    return name.lower().rstrip(".").replace("*", "\\052") + "."


# docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html: CREATE makes what isn't there, UPSERT
# writes over, DELETE takes the same values as were given; all of a batch is done or none.
def _change(self, zoneid, change_list):
    zone = self.get_hosted_zone(zoneid)
    after = copy.copy(zone.rrsets)
    for change in change_list:
        given = change["ResourceRecordSet"]
        name = given["Name"] = _name(given["Name"])
        if not f".{name}".endswith(f".{zone.name}"):
            raise DnsNameInvalidForZone(name=name, zone_name=zone.name)
        if given.get("AliasTarget"):
            target = given["AliasTarget"]
            target["DNSName"] = _name(target["DNSName"])
        if given.get("ResourceRecords"):
            given["ResourceRecords"] = [record["Value"] for record in given["ResourceRecords"]]
        wanted = models.RecordSet(given)
        _applied(after, change["Action"], wanted)
    zone.rrsets = after


def _applied(records, action, wanted):
    key = lambda record: (record.name, record.type, record.set_identifier)  # noqa: E731
    there = next((record for record in records if key(record) == key(wanted)), None)
    which = f"[name='{wanted.name}', type='{wanted.type}']"
    if action == "CREATE" and there:
        _refuse(f"Tried to create resource record set {which} but it already exists")
    if action == "DELETE":
        if there is None:
            _refuse(f"Tried to delete resource record set {which} but it was not found")
        if _values(there) != _values(wanted):
            message = f"Tried to delete resource record set {which} but the values provided do not match the current values"
            _refuse(message)
    if there:
        records.remove(there)
    if action != "DELETE":
        records.append(wanted)


def _values(record):
    return str(record.ttl), record.records, record.alias_target, record.weight


def _refuse(message):
    raise Route53ClientError("InvalidChangeBatch", f"[{message}]")
