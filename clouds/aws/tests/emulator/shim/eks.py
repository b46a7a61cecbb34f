"""EKS: clusters that come up, change one thing at a time and go, and what hangs on them."""

import datetime
import uuid
from urllib.parse import unquote

import moto.eks.models as models
import moto.eks.responses as responses
from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult
from moto.eks import urls

# How many looks a cluster, node group or add-on takes to come up, to change and to go; a test may set it.
looks_until_ready = {"count": 1}


class Refused(JsonRESTError):
    def __init__(self, status, code, message):
        super().__init__(code, message)
        self.code = status


def missing(what):
    return Refused(404, "ResourceNotFoundException", f"No {what} found.")


def install() -> None:
    from . import eks_nodes, eks_parts

    one = "/clusters/(?P<name>[^/]+)"
    for path in (
        f"{one}/addons$", f"{one}/addons/(?P<addonName>[^/]+)$", f"{one}/addons/(?P<addonName>[^/]+)/update$",
        f"{one}/access-entries$", f"{one}/access-entries/(?P<principalArn>.+)$",
        f"{one}/pod-identity-associations$", f"{one}/pod-identity-associations/(?P<associationId>[^/]+)$",
        f"{one}/updates$", f"{one}/node-groups/(?P<nodegroupName>[^/]+)/update-version$",
    ):
        urls.url_paths["{0}" + path] = responses.EKSResponse.dispatch
    _clusters()
    _tags(eks_parts.tagged)
    eks_nodes.install()
    eks_parts.install()


def cluster(self):
    return self.eks_backend.describe_cluster(name=unquote(self._get_param("name") or self._get_param("clusterName")))


# docs.aws.amazon.com/eks/latest/APIReference/API_Cluster.html, API_Nodegroup.html and API_Addon.html, "status".
def look(thing) -> bool:
    """One look at what comes up, changes or goes. Whether it is still there."""
    thing._looks = getattr(thing, "_looks", 0) + 1
    done = thing._looks > looks_until_ready["count"]
    if done and thing.status in ("CREATING", "UPDATING"):
        thing.status = "ACTIVE"
    return not (done and thing.status == "DELETING")


def begin(thing, status) -> None:
    """ResourceInUseException while something else is under way (the errors of each call in the API reference)."""
    if thing.status in ("CREATING", "UPDATING", "DELETING"):
        raise Refused(409, "ResourceInUseException", f"It can't be changed while its status is {thing.status}.")
    thing.status, thing._looks = status, 0


def invalid(message):
    return Refused(400, "InvalidParameterException", message)


def update_answer(kind):
    update = {"id": str(uuid.uuid4()), "status": "InProgress", "type": kind, "createdAt": now(), "params": [], "errors": []}
    return ActionResult({"update": update})


# docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html, API_UpdateClusterConfig.html,
# API_DeleteCluster.html (InvalidRequestException with deletion protection, ResourceInUseException with node groups).
EXTRA = ("accessConfig", "upgradePolicy", "zonalShiftConfig", "deletionProtection")


def _clusters():
    create, describe = responses.EKSResponse.create_cluster, responses.EKSResponse.describe_cluster
    delete = models.EKSBackend.delete_cluster

    def created(self):
        answer = create(self)
        found = self.eks_backend.clusters[self._get_param("name")]
        given = {name: self._get_param(name) for name in EXTRA}
        found._settings = {name: value for name, value in given.items() if value is not None}
        found.status, found._looks = "CREATING", 0
        _shown(found)
        return answer

    def described(self):
        found = cluster(self)
        if not look(found):
            delete(self.eks_backend, name=found.name)
        return describe(self)

    def deleted(self):
        found = cluster(self)
        if found._settings.get("deletionProtection"):
            raise Refused(400, "InvalidRequestException", "Cluster has deletion protection enabled.")
        if found.nodegroups:
            raise Refused(409, "ResourceInUseException", "Cluster has nodegroups attached")
        begin(found, "DELETING")
        return ActionResult({"cluster": found})

    responses.EKSResponse.create_cluster = created
    responses.EKSResponse.describe_cluster = described
    responses.EKSResponse.delete_cluster = deleted
    responses.EKSResponse.update_cluster_config = _configure
    responses.EKSResponse.update_cluster_version = _update_version
    models.Cluster._settings = {}


def _shown(found):
    settings = found._settings
    found.access_config = {"authenticationMode": "CONFIG_MAP", **settings.get("accessConfig", {})}
    found.access_config.pop("bootstrapClusterCreatorAdminPermissions", None)
    found.upgrade_policy = settings.get("upgradePolicy", {"supportType": "EXTENDED"})
    found.zonal_shift_config = settings.get("zonalShiftConfig", {"enabled": False})
    found.deletion_protection = settings.get("deletionProtection", False)
    config = found.resources_vpc_config
    config.setdefault("clusterSecurityGroupId", "sg-" + uuid.uuid4().hex[:17])
    config.setdefault("endpointPublicAccess", True)
    config.setdefault("endpointPrivateAccess", False)


# One sort of change in a call, and nothing that is so already (github.com/boto/boto3/issues/2592, where the service's
# people say that it is meant so); the cluster is UPDATING meanwhile (API_UpdateClusterConfig.html).
ACCESS = ("endpointPublicAccess", "endpointPrivateAccess", "publicAccessCidrs")


def _configure(self):
    found = cluster(self)
    given = {name: self._get_param(name) for name in EXTRA if self._get_param(name) is not None}
    vpc, logging = self._get_param("resourcesVpcConfig") or {}, self._get_param("logging")
    sorts = list(given) + (["logging"] if logging else []) + sorted({_sort(name) for name in vpc})
    if not sorts:
        raise invalid("The type for cluster update was not provided.")
    if len(sorts) > 1:
        raise invalid("Only one type of update can be allowed.")
    if logging and _logs(logging) == _logs(found.logging):
        raise invalid("No changes needed for the logging config provided")
    if vpc and all(found.resources_vpc_config.get(name) == value for name, value in vpc.items()):
        raise invalid("Cluster is already at the desired configuration")
    begin(found, "UPDATING")
    found._settings.update(given)
    found.resources_vpc_config.update(vpc)
    found.logging = logging or found.logging
    _shown(found)
    return update_answer("ConfigUpdate")


def _sort(name):
    return "access" if name in ACCESS else name


def _logs(logging):
    setups = logging["clusterLogging"]
    return sorted(log for setup in setups if setup.get("enabled") for log in setup["types"])


# docs.aws.amazon.com/eks/latest/userguide/update-cluster.html: one minor version at a time, and never back.
def _update_version(self):
    found, wanted = cluster(self), self._get_param("version")
    before, after = (int(version.split(".")[1]) for version in (found.version, wanted))
    if after != before + 1:
        raise invalid(f"Unsupported Kubernetes minor version update from {found.version} to {wanted}")
    begin(found, "UPDATING")
    found.version = wanted
    return update_answer("VersionUpdate")


# docs.aws.amazon.com/eks/latest/APIReference/API_TagResource.html: of node groups, add-ons and identities, too.
def _tags(tagged):
    tag, untag = models.EKSBackend.tag_resource, models.EKSBackend.untag_resource

    def tag_resource(self, resource_arn, tags):
        found = tagged(self, resource_arn)
        return tag(self, resource_arn, tags) if found is None else found.update(tags)

    def untag_resource(self, resource_arn, tag_keys):
        found = tagged(self, resource_arn)
        if found is None:
            return untag(self, resource_arn, tag_keys)
        for key in tag_keys if isinstance(tag_keys, list) else [tag_keys]:
            found.pop(key, None)
        return None

    models.EKSBackend.tag_resource = tag_resource
    models.EKSBackend.untag_resource = untag_resource


def now():
    return datetime.datetime.now(datetime.timezone.utc)
