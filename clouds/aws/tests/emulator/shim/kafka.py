"""MSK: clusters become active and have brokers, configurations, names that are taken once."""

import base64
import datetime
import json
import re
import time
import uuid
from urllib.parse import unquote

import moto.kafka.models as models
import moto.kafka.responses as responses
from moto.core.exceptions import JsonRESTError
from moto.kafka import urls

# How many looks a new cluster takes to become active; a test may set it.
looks_until_ready = {"count": 1}
# By account and region: ARN → configuration.
_configurations: dict = {}


class Refused(JsonRESTError):
    def __init__(self, status, code, message):
        super().__init__(code, message)
        self.code = status


def install() -> None:
    # moto's own pattern for a cluster takes everything behind `clusters/`: the new ones only add what is not there.
    for path in (
        "/v1/configurations$",
        "/v1/configurations/(?P<arn>.+)$",
        "/api/v2/clusters/(?P<clusterArn>.+)$",
    ):
        urls.url_paths["{0}" + path] = responses.KafkaResponse.dispatch
    for name, method in {
        "get_bootstrap_brokers": _brokers,
        "list_nodes": _nodes,
        "update_broker_count": _update("numberOfBrokerNodes", "targetNumberOfBrokerNodes"),
        "update_broker_type": _update_type,
        "update_broker_storage": _update_storage,
        "update_cluster_kafka_version": _update_version,
        "update_cluster_configuration": _update_configuration,
        "update_monitoring": _update_monitoring,
        "update_security": _update_security,
        "create_configuration": _create_configuration,
        "describe_configuration": _describe_configuration,
        "describe_configuration_revision": _describe_revision,
        "list_configurations": _list_configurations,
        "update_configuration": _new_revision,
        "delete_configuration": _delete_configuration,
    }.items():
        setattr(responses.KafkaResponse, name, method)
    _clusters()


# docs.aws.amazon.com/msk/1.0/apireference/clusters.html: 409 ConflictException for a name that is taken, 404
# NotFoundException; a version that every change moves on; the list has what a description has.
# docs.aws.amazon.com/msk/latest/developerguide/msk-cluster-states.html: CREATING takes no other call, UPDATING no second
# update; DELETING for a while.
def _clusters():
    create = models.KafkaBackend.create_cluster
    create_v2 = models.KafkaBackend.create_cluster_v2

    def free(self, name):
        if any(cluster.cluster_name == name for cluster in self.clusters.values()):
            raise Refused(409, "ConflictException", "A resource with this name already exists.")

    def created(self, *rest, **named):
        free(self, named["cluster_name"])
        answer = create(self, *rest, **named)
        self.clusters[answer[0]]._looks = 0
        return answer

    def created_v2(self, cluster_name, tags, provisioned, serverless):
        free(self, cluster_name)
        answer = create_v2(self, cluster_name, tags, provisioned, serverless)
        cluster = self.clusters[answer[0]]
        cluster._looks = 0
        for name, argument in (
            ("configuration_info", "configurationInfo"), ("encryption_info", "encryptionInfo"),
            ("enhanced_monitoring", "enhancedMonitoring"), ("open_monitoring", "openMonitoring"),
            ("logging_info", "loggingInfo"), ("client_authentication", "clientAuthentication"),
        ):
            if (provisioned or {}).get(argument) is not None:
                setattr(cluster, name, provisioned[argument])
        return answer

    def deleted(self, cluster_arn, current_version=None):
        found = cluster(self, cluster_arn)
        if found.state == "CREATING":
            raise Refused(400, "BadRequestException", "You can't delete a cluster that is in the CREATING state.")
        found.state, found._looks = "DELETING", 0
        return cluster_arn, found.state

    def listed(self, cluster_name_filter=None, max_results=None, next_token=None):
        ours = [found for found in self.clusters.values() if found.cluster_type == "PROVISIONED"]
        begins = [found for found in ours if found.cluster_name.startswith(cluster_name_filter or "")]
        return [self.describe_cluster(found.arn) for found in begins]

    for name in ("describe_cluster", "describe_cluster_v2"):
        setattr(models.KafkaBackend, name, _looked_at(getattr(models.KafkaBackend, name)))
    models.KafkaBackend.create_cluster = created
    models.KafkaBackend.create_cluster_v2 = created_v2
    models.KafkaBackend.delete_cluster = deleted
    models.KafkaBackend.list_clusters = listed


def _looked_at(original):
    def describe(self, cluster_arn):
        found = cluster(self, cluster_arn)
        found._looks = getattr(found, "_looks", 0) + 1
        if found.state in ("CREATING", "UPDATING") and found._looks > looks_until_ready["count"]:
            found.state = "ACTIVE"
        if found.state == "DELETING" and found._looks > looks_until_ready["count"]:
            del self.clusters[cluster_arn]
            cluster(self, cluster_arn)
        answer = original(self, cluster_arn)
        shown = answer.get("provisioned", answer)
        group = shown.get("brokerNodeGroupInfo")
        if group is not None:
            group.setdefault("brokerAZDistribution", "DEFAULT")
        software = shown.get("currentBrokerSoftwareInfo")
        if software is not None and not found.configuration_info:
            software.pop("configurationArn", None)
            software.pop("configurationRevision", None)
        # Without keys of one's own, the service's.
        encryption = shown.get("encryptionInfo")
        if encryption is not None:
            key = f"arn:aws:kms:{self.region_name}:{self.account_id}:key/aws-kafka"
            encryption.setdefault("encryptionAtRest", {"dataVolumeKMSKeyId": key})
            # docs.aws.amazon.com/msk/1.0/apireference/clusters.html#clusters-model-encryptionintransit
            transit = encryption.setdefault("encryptionInTransit", {})
            transit.setdefault("clientBroker", "TLS")
            transit.setdefault("inCluster", True)
        answer.pop("activeOperationArn", None)
        # A time without its zone is none (smithy.io/2.0/spec/protocol-traits.html, timestampFormat date-time).
        answer["creationTime"] = found.creation_time.rstrip("Z") + "Z"
        return answer

    return describe


def cluster(backend, arn):
    if arn not in backend.clusters:
        raise Refused(404, "NotFoundException", "The requested resource doesn't exist.")
    return backend.clusters[arn]


def _arn(response, kind, after=""):
    path = unquote(response.parsed_url.path)
    arn = path.split(f"/{kind}/")[-1]
    return arn[: -len(after)] if after and arn.endswith(after) else arn


# docs.aws.amazon.com/msk/1.0/apireference/clusters-clusterarn-bootstrap-brokers.html
def _brokers(self):
    found = cluster(self.kafka_backend, _arn(self, "clusters", "/bootstrap-brokers"))
    if found.state != "ACTIVE":
        raise Refused(400, "BadRequestException", "The cluster is not active.")
    names = [
        f"b-{n}.{found.cluster_name}.kafka.{self.region}.amazonaws.com"
        for n in range(1, min(3, int(found.number_of_broker_nodes or 1)) + 1)
    ]
    transit = (found.encryption_info or {}).get("encryptionInTransit", {}).get("clientBroker", "TLS")
    answer = {}
    if "TLS" in transit:
        answer["bootstrapBrokerStringTls"] = ",".join(f"{name}:9094" for name in names)
    if "PLAINTEXT" in transit:
        answer["bootstrapBrokerString"] = ",".join(f"{name}:9092" for name in names)
    return json.dumps(answer)


def _nodes(self):
    found = cluster(self.kafka_backend, _arn(self, "clusters", "/nodes"))
    subnets = found.broker_node_group_info["clientSubnets"]
    nodes = [
        {"nodeType": "BROKER", "instanceType": found.broker_node_group_info["instanceType"],
         "brokerNodeInfo": {"brokerId": n + 1, "clientSubnet": subnets[n % len(subnets)]}}
        for n in range(int(found.number_of_broker_nodes))
    ]
    return json.dumps({"nodeInfoList": nodes})


def _changing(self, after):
    """The cluster, once it is checked that nobody else changed it since."""
    found = cluster(self.kafka_backend, _arn(self, "clusters", after))
    if found.state != "ACTIVE":
        raise Refused(400, "BadRequestException", f"You can't update a cluster that is in the {found.state} state.")
    if self._get_param("currentVersion") != found.current_version:
        raise Refused(400, "BadRequestException", "This operation cannot be performed on this version of the cluster.")
    found.current_version = "K" + uuid.uuid4().hex[:12].upper()
    found.state, found._looks = "UPDATING", 0
    return found


def _operation(found):
    return json.dumps({"clusterArn": found.arn, "clusterOperationArn": f"{found.arn}/operation/{uuid.uuid4()}"})


def _update(_field, argument):
    def update(self):
        found = _changing(self, "/nodes/count")
        found.number_of_broker_nodes = self._get_param(argument)
        return _operation(found)

    return update


def _update_type(self):
    found = _changing(self, "/nodes/type")
    found.broker_node_group_info["instanceType"] = self._get_param("targetInstanceType")
    return _operation(found)


def _update_storage(self):
    found = _changing(self, "/nodes/storage")
    wanted = self._get_param("targetBrokerEBSVolumeInfo")[0]
    info = found.broker_node_group_info.setdefault("storageInfo", {}).setdefault("ebsStorageInfo", {})
    # docs.aws.amazon.com/msk/latest/developerguide/msk-update-storage.html: it only grows.
    if wanted["volumeSizeGB"] < info.get("volumeSize", 0):
        raise Refused(400, "BadRequestException", "The target storage size must be larger than the current one.")
    info["volumeSize"] = wanted["volumeSizeGB"]
    return _operation(found)


def _update_version(self):
    found = _changing(self, "/version")
    found.kafka_version = self._get_param("targetKafkaVersion")
    found.configuration_info = self._get_param("configurationInfo") or found.configuration_info
    return _operation(found)


def _update_configuration(self):
    found = _changing(self, "/configuration")
    found.configuration_info = self._get_param("configurationInfo")
    return _operation(found)


def _update_monitoring(self):
    found = _changing(self, "/monitoring")
    for name, argument in (
        ("enhanced_monitoring", "enhancedMonitoring"), ("open_monitoring", "openMonitoring"), ("logging_info", "loggingInfo"),
    ):
        if self._get_param(argument) is not None:
            setattr(found, name, self._get_param(argument))
    return _operation(found)


def _update_security(self):
    found = _changing(self, "/security")
    if self._get_param("clientAuthentication") is not None:
        found.client_authentication = self._get_param("clientAuthentication")
    # How clients talk is all that changes; between brokers it stays as it was.
    clients = ((self._get_param("encryptionInfo") or {}).get("encryptionInTransit") or {}).get("clientBroker")
    if clients is not None:
        transit = (found.encryption_info or {}).get("encryptionInTransit") or {}
        found.encryption_info = {**(found.encryption_info or {}), "encryptionInTransit": {**transit, "clientBroker": clients}}
    return _operation(found)


# docs.aws.amazon.com/msk/1.0/apireference/configurations.html: ACTIVE, and DELETING for a while, in which its name is taken.
def _kept(self):
    return _configurations.setdefault((self.current_account, self.region), {})


def _configuration(self, after=""):
    arn = re.sub(r"/revisions(/\d+)?$", "", _arn(self, "configurations"))
    found = _kept(self).get(arn)
    if found is None:
        raise Refused(404, "NotFoundException", "The requested configuration doesn't exist.")
    return found


def _revision(number, text, description):
    return {"revision": number, "creationTime": _now(), "description": description or "", "_text": text}


def _create_configuration(self):
    name = self._get_param("name")
    if any(found["name"] == name for found in _kept(self).values()):
        raise Refused(409, "ConflictException", "A resource with this name already exists.")
    arn = f"arn:aws:kafka:{self.region}:{self.current_account}:configuration/{name}/{uuid.uuid4()}-1"
    first = _revision(1, self._get_param("serverProperties"), self._get_param("description"))
    _kept(self)[arn] = {
        "arn": arn, "name": name, "description": self._get_param("description") or "", "creationTime": _now(),
        "kafkaVersions": self._get_param("kafkaVersions") or [], "state": "ACTIVE", "_revisions": [first],
    }
    return json.dumps({"arn": arn, "name": name, "creationTime": _now(), "state": "ACTIVE", "latestRevision": _shown(first)})


def _new_revision(self):
    found = _configuration(self)
    latest = _revision(len(found["_revisions"]) + 1, self._get_param("serverProperties"), self._get_param("description"))
    found["_revisions"].append(latest)
    return json.dumps({"arn": found["arn"], "latestRevision": _shown(latest)})


def _describe_configuration(self):
    _look_at_those_that_go(self)
    found = _configuration(self)
    return json.dumps({**_shown(found), "latestRevision": _shown(found["_revisions"][-1])})


def _describe_revision(self):
    found = _configuration(self)
    number = int(unquote(self.parsed_url.path).rsplit("/", 1)[-1])
    revision = found["_revisions"][number - 1]
    # Bytes go over the wire in base64.
    text = revision["_text"]
    return json.dumps({**_shown(revision), "arn": found["arn"], "serverProperties": _base64(text)})


def _base64(text):
    raw = text.encode() if isinstance(text, str) else text
    try:
        base64.b64decode(raw, validate=True)
        return raw.decode()
    except ValueError:
        return base64.b64encode(raw).decode()


def _look_at_those_that_go(self):
    for found in [found for found in _kept(self).values() if found["state"] == "DELETING"]:
        found["_looks"] += 1
        if found["_looks"] > looks_until_ready["count"]:
            del _kept(self)[found["arn"]]


def _list_configurations(self):
    _look_at_those_that_go(self)
    shown = [{**_shown(found), "latestRevision": _shown(found["_revisions"][-1])} for found in _kept(self).values()]
    return json.dumps({"configurations": shown})


# A configuration that a cluster uses can't be deleted.
def _delete_configuration(self):
    found = _configuration(self)
    for used_by in self.kafka_backend.clusters.values():
        if (used_by.configuration_info or {}).get("arn") == found["arn"]:
            raise Refused(400, "BadRequestException", "Configuration is in use by one or more clusters.")
    found.update(state="DELETING", _looks=0)
    return json.dumps({"arn": found["arn"], "state": "DELETING"})


def _shown(found):
    return {name: value for name, value in found.items() if name[0] != "_"}


def _now():
    return datetime.datetime.fromtimestamp(time.time(), datetime.timezone.utc).isoformat().replace("+00:00", "Z")
