"""Client tokens, remembered for the life of the emulator, of objects too that are long gone.

docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html: the same token with the same parameters answers as the
first call did and makes nothing; with others it is IdempotentParameterMismatch. EKS: `clientRequestToken` the same way
(docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html). EFS and Secrets Manager are moto's own.
"""

import hashlib
import json
import threading

_lock = threading.Lock()
_answers: dict = {}


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
    """The first answer, `mismatch`, or nothing."""
    with _lock:
        kept = _answers.get(key)
    if kept is None:
        return None
    return kept[1] if kept[0] == digest else "mismatch"


def remember(key, digest, answer):
    with _lock:
        _answers.setdefault(key, (digest, answer))


def size():
    return len(_answers)
