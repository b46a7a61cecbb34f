"""What hangs on a cluster of EKS: add-ons, which pods act as which role, and who may come in."""

import uuid
from urllib.parse import unquote

import moto.eks.responses as responses
from moto.core.responses import ActionResult

from .eks import Refused, begin, cluster, look, missing, now, update_answer


def install() -> None:
    for name, method in {
        "create_addon": _create_addon, "describe_addon": _describe_addon, "list_addons": _list_addons,
        "update_addon": _update_addon, "delete_addon": _delete_addon,
        "create_pod_identity_association": _create_identity, "describe_pod_identity_association": _describe_identity,
        "list_pod_identity_associations": _list_identities, "update_pod_identity_association": _update_identity,
        "delete_pod_identity_association": _delete_identity,
        "create_access_entry": _create_entry, "describe_access_entry": _describe_entry,
        "list_access_entries": _list_entries, "delete_access_entry": _delete_entry,
    }.items():
        setattr(responses.EKSResponse, name, method)


class Part:
    """An add-on, an identity or an entry: what it shows, as attributes the serializer reads."""

    def __init__(self, **values):
        self.values = values
        self._looks = 0

    @property
    def status(self):
        return self.values.get("status")

    @status.setter
    def status(self, status):
        self.values["status"] = status


def _parts(found, kind):
    return found.__dict__.setdefault(f"_{kind}", {})


def tagged(backend, arn):
    """The tags of what has that ARN."""
    for found in backend.clusters.values():
        for group in found.nodegroups.values():
            if group.arn == arn:
                return group.tags
        for kind, name in (("addons", "addonArn"), ("identities", "associationArn"), ("entries", "accessEntryArn")):
            for part in _parts(found, kind).values():
                if part.values[name] == arn:
                    return part.values["tags"]
    return None


# docs.aws.amazon.com/eks/latest/APIReference/API_CreateAddon.html
def _create_addon(self):
    found, name = cluster(self), self._get_param("addonName")
    if name in _parts(found, "addons"):
        raise Refused(409, "ResourceInUseException", "Addon already exists.")
    if not found.is_active:
        raise Refused(400, "InvalidRequestException", f"Cluster '{found.name}' is not in ACTIVE status")
    owner = f"{self.region}:{self.current_account}"
    addon = Part(
        addonName=name, clusterName=found.name, status="CREATING", health={"issues": []}, createdAt=now(),
        modifiedAt=now(), addonVersion=self._get_param("addonVersion") or "v1.0.0-eksbuild.1",
        addonArn=f"arn:aws:eks:{owner}:addon/{found.name}/{name}/{uuid.uuid4()}", tags=self._get_param("tags") or {},
    )
    _configure(addon, self, found)
    _parts(found, "addons")[name] = addon
    return ActionResult({"addon": addon.values})


# docs.aws.amazon.com/eks/latest/APIReference/API_UpdateAddon.html: the identities that are named replace all that were.
def _configure(addon, self, found):
    for argument in ("configurationValues", "serviceAccountRoleArn", "addonVersion"):
        if self._get_param(argument):
            addon.values[argument] = self._get_param(argument)
    wanted = self._get_param("podIdentityAssociations")
    if wanted is None:
        return
    _without_identities(addon, found)
    arns = []
    for identity in wanted:
        made = _identity(self, found, "kube-system", identity["serviceAccount"], identity["roleArn"], {})
        made.values["ownerArn"] = addon.values["addonArn"]
        arns.append(made.values["associationArn"])
    addon.values["podIdentityAssociations"] = arns


def _without_identities(addon, found):
    identities = _parts(found, "identities")
    for key in [key for key, one in identities.items() if one.values.get("ownerArn") == addon.values["addonArn"]]:
        del identities[key]


def _addon(self):
    addon = _parts(cluster(self), "addons").get(self._get_param("addonName"))
    if addon is None:
        raise missing("addon")
    return addon


# Those that run as pods of a deployment; the others run once on every node, if there are any.
NEED_NODES = ("coredns", "metrics-server", "aws-ebs-csi-driver", "aws-efs-csi-driver")


# docs.aws.amazon.com/eks/latest/APIReference/API_AddonIssue.html: InsufficientNumberOfReplicas, and DEGRADED, while there
# are no nodes for its pods.
def _describe_addon(self):
    addon, found = _addon(self), cluster(self)
    if not look(addon):
        del _parts(found, "addons")[addon.values["addonName"]]
        raise missing("addon")
    has_nodes = any(group.status == "ACTIVE" for group in found.nodegroups.values())
    if addon.values["addonName"] in NEED_NODES and addon.status in ("ACTIVE", "DEGRADED"):
        issue = {"code": "InsufficientNumberOfReplicas", "message": "The add-on has no replicas.", "resourceIds": []}
        addon.values["health"] = {"issues": [] if has_nodes else [issue]}
        addon.status = "ACTIVE" if has_nodes else "DEGRADED"
    return ActionResult({"addon": addon.values})


def _list_addons(self):
    return ActionResult({"addons": sorted(_parts(cluster(self), "addons"))})


def _update_addon(self):
    addon = _addon(self)
    begin(addon, "UPDATING")
    _configure(addon, self, cluster(self))
    addon.values["modifiedAt"] = now()
    return update_answer("AddonUpdate")


# docs.aws.amazon.com/eks/latest/APIReference/API_DeleteAddon.html: it is DELETING first; what its pods acted as goes, too.
def _delete_addon(self):
    addon = _addon(self)
    begin(addon, "DELETING")
    _without_identities(addon, cluster(self))
    addon.values["podIdentityAssociations"] = []
    return ActionResult({"addon": addon.values})


# docs.aws.amazon.com/eks/latest/APIReference/API_CreatePodIdentityAssociation.html: one for each service account.
def _identity(self, found, namespace, account, role, tags):
    for one in _parts(found, "identities").values():
        if (one.values["namespace"], one.values["serviceAccount"]) == (namespace, account):
            raise Refused(409, "ResourceInUseException", "Association already exists.")
    key = "a-" + uuid.uuid4().hex[:17]
    owner = f"{self.region}:{self.current_account}"
    made = Part(
        associationId=key, clusterName=found.name, namespace=namespace, serviceAccount=account, roleArn=role,
        associationArn=f"arn:aws:eks:{owner}:podidentityassociation/{found.name}/{key}", tags=tags,
        createdAt=now(), modifiedAt=now(), disableSessionTags=False,
    )
    _parts(found, "identities")[key] = made
    return made


def _create_identity(self):
    wanted = [self._get_param(name) for name in ("namespace", "serviceAccount", "roleArn")]
    made = _identity(self, cluster(self), *wanted, self._get_param("tags") or {})
    return ActionResult({"association": made.values})


def _found_identity(self):
    found = _parts(cluster(self), "identities").get(self._get_param("associationId"))
    if found is None:
        raise missing("association")
    return found


def _describe_identity(self):
    return ActionResult({"association": _found_identity(self).values})


# docs.aws.amazon.com/eks/latest/APIReference/API_ListPodIdentityAssociations.html: all, or those of a namespace or account.
def _list_identities(self):
    names = ("clusterName", "namespace", "serviceAccount", "associationArn", "associationId", "ownerArn")
    asked = {name: self._get_param(name) for name in ("namespace", "serviceAccount")}
    shown = [
        {name: part.values[name] for name in names if name in part.values}
        for part in _parts(cluster(self), "identities").values()
        if all(wanted in (None, part.values[name]) for name, wanted in asked.items())
    ]
    return ActionResult({"associations": shown})


def _update_identity(self):
    found = _found_identity(self)
    found.values["roleArn"] = self._get_param("roleArn") or found.values["roleArn"]
    if self._get_param("disableSessionTags") is not None:
        found.values["disableSessionTags"] = self._get_param("disableSessionTags")
    found.values["modifiedAt"] = now()
    return ActionResult({"association": found.values})


def _delete_identity(self):
    found = _found_identity(self)
    del _parts(cluster(self), "identities")[found.values["associationId"]]
    return ActionResult({"association": found.values})


# docs.aws.amazon.com/eks/latest/APIReference/API_CreateAccessEntry.html
def _create_entry(self):
    found, principal = cluster(self), self._get_param("principalArn")
    if principal in _parts(found, "entries"):
        raise Refused(409, "ResourceInUseException", "The specified access entry resource is already in use.")
    owner = f"{self.region}:{self.current_account}"
    entry = Part(
        clusterName=found.name, principalArn=principal, kubernetesGroups=self._get_param("kubernetesGroups") or [],
        accessEntryArn=f"arn:aws:eks:{owner}:access-entry/{found.name}/role/{uuid.uuid4()}",
        type=self._get_param("type") or "STANDARD", username=self._get_param("username") or principal,
        tags=self._get_param("tags") or {}, createdAt=now(), modifiedAt=now(),
    )
    _parts(found, "entries")[principal] = entry
    return ActionResult({"accessEntry": entry.values})


def _found_entry(self):
    found = _parts(cluster(self), "entries").get(unquote(self._get_param("principalArn")))
    if found is None:
        raise missing("access entry")
    return found


def _describe_entry(self):
    return ActionResult({"accessEntry": _found_entry(self).values})


def _list_entries(self):
    return ActionResult({"accessEntries": sorted(_parts(cluster(self), "entries"))})


def _delete_entry(self):
    del _parts(cluster(self), "entries")[_found_entry(self).values["principalArn"]]
    return ActionResult({})
