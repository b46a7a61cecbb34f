"""What goes wrong between a driver and the cloud, decided here: by operation, by a share with a seed, or by a kill.

A plan of faults is set with POST /_shim/faults:
  {"operation": "ec2:CreateVpc" | "*", "times": 2, "after": 3, "kind": KIND, "code": "…", "status": 503, "message": "…"}
  with "after_changes": 3 instead, once so many calls that change something have come
  {"share": 0.2, "seed": 7, "kinds": [KIND, …]}
KIND: throttle, error (500), cut (before it is done), lost (done, and the answer lost), stall (two seconds late).
A kill is set with POST /_shim/kill: {"pid": 1, "at": 5, "when": "unsent" | "unanswered" | "answered"}: at the fifth call
that changes something; with "operation": "ec2:CreateVpc" only calls of that are counted.
"""

import itertools
import os
import random
import signal
import threading

_lock = threading.Lock()
_planned: list = []
_share: dict = {}
_kill: dict = {}
_kills = itertools.count(1)

CODES = {
    "ec2": "RequestLimitExceeded", "s3": "SlowDown", "iam": "Throttling", "rds": "Throttling",
    "autoscaling": "Throttling", "elasticloadbalancing": "Throttling", "ssm": "ThrottlingException",
    "sts": "Throttling", "kafka": "TooManyRequestsException", "sns": "Throttled",
    "route53": "Throttling",
}


def plan(wanted):
    with _lock:
        _planned.clear()
        _share.clear()
        if "share" in wanted:
            _share.update(wanted, random=random.Random(wanted.get("seed", 0)), happened=[])
        elif wanted:
            _planned.extend(wanted if isinstance(wanted, list) else [wanted])
    return {}


def happened():
    return list(_share.get("happened", []))


def plan_kill(wanted):
    with _lock:
        _kill.clear()
        if wanted:
            _kill.update(wanted, seen=0, number=next(_kills))
    return {}


def kill_state():
    return {name: value for name, value in _kill.items()}


def next_fault(asked):
    """What happens to this call, if anything."""
    with _lock:
        for fault in _planned:
            if fault["operation"] not in ("*", asked.name):
                continue
            if fault.get("after_changes", 0) > 0:
                fault["after_changes"] -= asked.changes
            elif fault.get("after", 0) > 0:
                fault["after"] -= 1
            elif fault.setdefault("times", 1) > 0:
                fault["times"] -= 1
                return fault
        if _share and _share["random"].random() < _share["share"]:
            kind = _share["random"].choice(_share["kinds"])
            _share["happened"].append(f"{kind} {asked.name}")
            return {"kind": kind}
    return None


def code_of(asked):
    return CODES.get(asked.service, "ThrottlingException")


def kill_if_due(asked, moment):
    """Called before the call is done, after it is done, and after its answer was sent. Tells whether it killed."""
    with _lock:
        if not _kill or not asked.changes or _kill.get("operation", asked.name) != asked.name:
            return False
        if moment == "unsent":
            _kill["seen"] += 1
            # By the time that its answer has arrived, the next call may have come.
            asked.turn = (_kill["number"], _kill["seen"])
        due = asked.turn == (_kill["number"], _kill["at"]) and moment == _kill["when"] and not _kill.get("done")
        if due:
            _kill.update(done=True, happened=f"{moment} {asked.name}")
    if due:
        os.kill(_kill["pid"], signal.SIGKILL)
    return due
