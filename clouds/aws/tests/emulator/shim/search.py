"""OpenSearch: domains take their time, stand in networks, change as they are told, and have names that are taken once.

docs.aws.amazon.com/opensearch-service/latest/APIReference/API_DomainStatus.html: `Processing` while a domain is made, is
changed and is deleted, `UpgradeProcessing` while its version changes, `Deleted` from when it is deleted until it isn't
told of any more; inside a network its endpoint is `Endpoints.vpc`.
"""

import copy
import hashlib
import json
import re

import moto.opensearch.models as models
import moto.opensearch.responses as responses
from moto.core.exceptions import JsonRESTError
from moto.ec2.models import ec2_backends
from moto.es import urls
from moto.iam.exceptions import InvalidInput
from moto.iam.models import IAMBackend, iam_backends
from moto.logs.models import logs_backends

# How many looks something takes until it is done; a test may set it.
looks_until_ready = {"count": 1}
AT_ONCE = 5
NAME = re.compile(r"^[a-z][a-z0-9-]{2,27}$")


class Refused(JsonRESTError):
    def __init__(self, status, code, message):
        super().__init__(code, message)
        self.code = status


def _invalid(message):
    return Refused(400, "ValidationException", message)


def _missing(name):
    return Refused(409, "ResourceNotFoundException", f"Domain not found: {name}")


def install() -> None:
    backend = models.OpenSearchServiceBackend
    backend.create_domain = _made(backend.create_domain)
    backend.describe_domain = _looked_at
    backend.describe_domains = _several
    backend.delete_domain = _deleted
    backend.update_domain_config = _configured
    for name, unknown in (
        ("list_tags", lambda arn: _missing(arn.rsplit("/")[-1])),
        # docs.aws.amazon.com/opensearch-service/latest/APIReference/API_AddTags.html, API_RemoveTags.html: their errors know
        # no ResourceNotFoundException.
        ("add_tags", lambda arn: _invalid(f"Invalid ARN: {arn}")),
        ("remove_tags", lambda arn: _invalid(f"Invalid ARN: {arn}")),
    ):
        setattr(backend, name, _of_a_domain(getattr(backend, name), unknown))
    responses.OpenSearchServiceResponse.upgrade_domain = _upgrade
    urls.url_paths["{0}/2021-01-01/opensearch/upgradeDomain$"] = responses.OpenSearchServiceResponse.dispatch
    models.OpenSearchDomain.to_dict = _told(models.OpenSearchDomain.to_dict)
    IAMBackend.create_service_linked_role = _role_once(IAMBackend.create_service_linked_role)


# docs.aws.amazon.com/opensearch-service/latest/APIReference/API_CreateDomain.html: ResourceAlreadyExistsException for a name
# that is taken, 3 to 28 small letters, digits and hyphens.
def _made(original):
    def create_domain(self, domain_name, *rest, **named):
        if not NAME.match(domain_name):
            raise _invalid(f"Invalid domain name: {domain_name}")
        if domain_name in self.domains:
            raise Refused(409, "ResourceAlreadyExistsException", f"Domain already exists: {domain_name}")
        network = named.get("vpc_options")
        if network:
            _insist_on_role(self)
            _insist_on_subnets(network, named.get("cluster_config") or {})
        _insist_on_writing(self, named.get("log_publishing_options") or {})
        # moto fills in what is left out, and keeps what it was given.
        domain = original(self, domain_name, *rest, **copy.deepcopy(named))
        domain._until = "made"
        _begin(domain)
        if network:
            _stand(self, domain)
        _fill_in(domain)
        return domain

    return create_domain


# docs.aws.amazon.com/opensearch-service/latest/developerguide/slr-aos.html: the console makes the role at the first domain
# in a network; whoever calls has to make it before.
def _insist_on_role(backend):
    if not _has_role(iam_backends[backend.account_id]["aws"], "opensearchservice.amazonaws.com"):
        raise _invalid(
            "Before you can proceed, you must enable a service-linked role to give Amazon OpenSearch Service permissions to "
            "access your VPC."
        )


def _has_role(iam, service):
    return any(role.path == f"/aws-service-role/{service}/" for role in iam.get_roles())


# docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceLinkedRole.html: InvalidInput, and no EntityAlreadyExists.
def _role_once(original):
    def create_service_linked_role(self, service_name, description, suffix):
        if _has_role(self, service_name) and not suffix:
            raise InvalidInput(
                f"Service role name for {service_name} has been taken in this account, please try a different suffix."
            )
        return original(self, service_name, description, suffix)

    return create_service_linked_role


# docs.aws.amazon.com/opensearch-service/latest/developerguide/vpc.html: one subnet, or as many as zones.
def _insist_on_subnets(network, nodes):
    zones = (nodes.get("ZoneAwarenessConfig") or {}).get("AvailabilityZoneCount", 2) if nodes.get("ZoneAwarenessEnabled") else 1
    if len(network.get("SubnetIds") or []) != zones:
        raise _invalid(f"You must specify exactly {zones} subnets." if zones > 1 else "You must specify exactly one subnet.")


# docs.aws.amazon.com/opensearch-service/latest/developerguide/createdomain-configure-slow-logs.html: the service has to be
# allowed to write to the group of logs before.
def _insist_on_writing(backend, options):
    policies = logs_backends[backend.account_id][backend.region_name].resource_policies.values()
    for option in options.values():
        group = option.get("CloudWatchLogsLogGroupArn", "").removesuffix(":*")
        if group and not any(_grants(json.loads(policy.policy_document), group) for policy in policies):
            raise _invalid(
                f"The Resource Access Policy specified for the CloudWatch Logs log group {group.split(':')[-1]} does not grant "
                "sufficient permissions for Amazon OpenSearch Service to create a log stream. Please check the Resource Access "
                "Policy."
            )


def _grants(document, group):
    wanted = {"logs:CreateLogStream", "logs:PutLogEvents"}
    for statement in document["Statement"]:
        service, resource, actions = statement["Principal"].get("Service"), statement["Resource"], statement["Action"]
        if service == "es.amazonaws.com" and group in resource and wanted <= set(actions):
            return True
    return False


# docs.aws.amazon.com/opensearch-service/latest/APIReference/API_VPCDerivedInfo.html: its network and zones are told, too.
def _stand(backend, domain):
    ec2 = ec2_backends[backend.account_id][backend.region_name]
    subnets = [ec2.get_subnet(subnet) for subnet in domain.vpc_options["SubnetIds"]]
    domain.vpc_options["VPCId"] = subnets[0].vpc_id
    domain.vpc_options["AvailabilityZones"] = sorted({subnet.availability_zone for subnet in subnets})
    word = hashlib.sha256(domain.arn.encode()).hexdigest()[:26]
    domain._inside = f"vpc-{domain.domain_name}-{word}.{backend.region_name}.es.amazonaws.com"


# docs.aws.amazon.com/opensearch-service/latest/developerguide/limits.html#ebsresource: what a gp3 volume has at least.
# docs.aws.amazon.com/opensearch-service/latest/developerguide/encryption-at-rest.html: without a key of one's own, the service's.
def _fill_in(domain):
    disk, at_rest = domain.ebs_options, domain.encryption_at_rest_options
    if disk.get("EBSEnabled") and disk.get("VolumeType") == "gp3":
        disk.setdefault("Iops", 3000)
        disk.setdefault("Throughput", 125)
    if at_rest.get("Enabled"):
        region, account = domain.arn.split(":")[3:5]
        at_rest.setdefault("KmsKeyId", f"arn:aws:kms:{region}:{account}:key/aws-es")
    if not domain.cluster_config.get("DedicatedMasterEnabled"):
        for name in ("DedicatedMasterCount", "DedicatedMasterType"):
            domain.cluster_config.pop(name, None)
    if not domain.cluster_config.get("ZoneAwarenessEnabled"):
        domain.cluster_config.pop("ZoneAwarenessConfig", None)


def _begin(domain):
    domain.processing, domain._looks = True, 0


def _domain(backend, name):
    if name not in backend.domains:
        raise _missing(name)
    return backend.domains[name]


def _looked_at(self, domain_name):
    domain = _domain(self, domain_name)
    domain._looks += 1
    if domain.processing and domain._looks > looks_until_ready["count"]:
        domain.processing = domain._upgrading = False
        domain._until = None
        if domain.deleted:
            del self.domains[domain_name]
            self.tagger.delete_all_tags_for_resource(domain.arn)
            raise _missing(domain_name)
    return domain


# "Please provide a maximum of 5 domain names to describe." is said nowhere but by the service:
# github.com/gravitational/teleport/issues/38651; docs.aws.amazon.com/opensearch-service/latest/APIReference/API_DescribeDomains.html
# has at least one. What isn't there is left out.
def _several(self, domain_names):
    if not domain_names or len(domain_names) > AT_ONCE:
        raise _invalid(f"Please provide a maximum of {AT_ONCE} domain names to describe.")
    found = []
    for name in domain_names:
        try:
            found.append(_looked_at(self, name))
        except Refused:
            pass
    return found


def _deleted(self, domain_name):
    domain = _domain(self, domain_name)
    if not domain.deleted:
        domain.delete()
        _begin(domain)
    return domain


# docs.aws.amazon.com/opensearch-service/latest/APIReference/API_UpdateDomainConfig.html: what isn't said stays as it is, and
# the domain is `Processing` (docs.aws.amazon.com/opensearch-service/latest/developerguide/managedomains-configuration-changes.html).
# docs.aws.amazon.com/opensearch-service/latest/developerguide/encryption-at-rest.html, ntn.html: never off again.
def _configured(self, domain_name, **named):
    domain = _domain(self, domain_name)
    if domain.deleted:
        raise _invalid("The domain is being deleted.")
    for option in ("encryption_at_rest_options", "node_to_node_encryption_options"):
        if (named.get(option) or {}).get("Enabled") is False and getattr(domain, option).get("Enabled"):
            raise _invalid("You can't disable encryption on an existing domain.")
    for option, given in named.items():
        if given is not None:
            before = getattr(domain, option)
            setattr(domain, option, {**(before or {}), **given} if isinstance(given, dict) else given)
    _insist_on_writing(self, named.get("log_publishing_options") or {})
    if named.get("vpc_options"):
        _insist_on_subnets(domain.vpc_options, domain.cluster_config)
        _stand(self, domain)
    _fill_in(domain)
    _begin(domain)
    return domain


# docs.aws.amazon.com/opensearch-service/latest/APIReference/API_UpgradeDomain.html;
# docs.aws.amazon.com/opensearch-service/latest/developerguide/version-migration.html: versions only go up.
def _upgrade(self):
    name, target = self._get_param("DomainName"), self._get_param("TargetVersion")
    domain = _domain(self.opensearch_backend, name)
    if domain.processing:
        raise _invalid("The domain is being changed.")
    if _number(target) <= _number(domain.engine_version.options):
        raise _invalid(f"Upgrade from {domain.engine_version.options} to {target} is not possible.")
    domain.engine_version.options = target
    domain._upgrading = True
    _begin(domain)
    return json.dumps({"DomainName": name, "TargetVersion": target, "PerformCheckOnly": False})


def _number(version):
    return [int(part) for part in version.split("_")[-1].split(".")]


def _of_a_domain(original, unknown):
    def call(self, arn, *rest):
        if not any(domain.arn == arn for domain in self.domains.values()):
            raise unknown(arn)
        return original(self, arn, *rest)

    return call


# docs.aws.amazon.com/opensearch-service/latest/APIReference/API_DomainStatus.html#opensearchservice-Type-DomainStatus-DomainProcessingStatus
def _told(original):
    def to_dict(self):
        said = copy.deepcopy(original(self))
        upgrading, unmade = getattr(self, "_upgrading", False), getattr(self, "_until", None) == "made"
        said["UpgradeProcessing"] = upgrading
        if not self.processing:
            said["DomainProcessingStatus"] = "Active"
        elif self.deleted:
            said["DomainProcessingStatus"] = "Deleting"
        else:
            words = "UpgradingEngineVersion" if upgrading else "Creating" if unmade else "Modifying"
            said["DomainProcessingStatus"] = words
        if hasattr(self, "_inside"):
            said["Endpoints"] = {"vpc": self._inside}
        if unmade:
            said.pop("Endpoint", None)
            said.pop("Endpoints", None)
        return said

    return to_dict
