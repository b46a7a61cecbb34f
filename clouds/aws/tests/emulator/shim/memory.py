"""Client tokens, remembered for the life of the emulator, of objects too that are long gone.

docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html: the same token with the same parameters answers as the
first call did and makes nothing; with others it is IdempotentParameterMismatch, and with the token of a machine that was
terminated it is IdempotentInstanceTerminated (docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html).
EKS: `clientRequestToken` the same way (docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html). EFS and
Secrets Manager are moto's own.
"""

import hashlib
import json
import re
import threading

from moto.core import DEFAULT_ACCOUNT_ID as ACCOUNT

_lock = threading.Lock()
_answers: dict = {}

MISMATCH = {
    "ec2": ("IdempotentParameterMismatch", "client token"),
    "eks": ("InvalidRequestException", "clientRequestToken"),
}


def of(asked, body):
    """The key of a call that carries a token, and what else it says."""
    if asked.service == "ec2" and "ClientToken" in asked.query:
        rest = sorted((name, value) for name, value in asked.query.items() if name not in ("ClientToken", "DryRun"))
        return (asked.name, asked.region, asked.query["ClientToken"][0]), _digest(rest)
    if asked.service == "eks" and body[:1] == b"{":
        given = json.loads(body)
        token = given.pop("clientRequestToken", None)
        if token:
            return (asked.name, asked.region, token), _digest(sorted(given.items(), key=lambda item: item[0]))
    return None, None


def _digest(value):
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def recall(key, digest):
    """The first answer, or the code and the words of a refusal, or nothing of both."""
    with _lock:
        kept = _answers.get(key)
    if kept is None:
        return None, None
    if kept[0] != digest:
        code, name = MISMATCH[key[0].split(":")[0]]
        return None, (code, f"The {name} was used with other parameters.")
    if key[0] == "ec2:RunInstances" and _are_terminated(key[1], kept[1][2]):
        words = "The client token you have provided is associated with a resource that is already deleted."
        return None, ("IdempotentInstanceTerminated", words)
    return kept[1], None


def _are_terminated(region, answer):
    from moto.ec2.models import ec2_backends

    made = re.findall(r"<instanceId>(i-\w+)</instanceId>", answer.decode())
    there = {machine.id: machine for machine in ec2_backends[ACCOUNT][region].all_instances()}
    return all(name not in there or there[name].state == "terminated" for name in made)


def remember(key, digest, answer):
    with _lock:
        _answers.setdefault(key, (digest, answer))


def size():
    return len(_answers)
