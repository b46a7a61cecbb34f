"""What a test tells the emulator, and asks it: POST /_shim/<word> with a JSON body."""

import os
import sys

from . import balancers, eks, faults, foreign, kafka, lag, limits, permissions, search, topics, zones


def answer(word, given):
    from . import gate

    if word == "calls":
        shown = {"calls": dict(gate.calls), "journal": list(gate.journal)}
        if given.get("forget"):
            gate.calls.clear()
            gate.journal.clear()
        return shown
    if word == "faults":
        return faults.plan(given)
    if word == "happened":
        return {"faults": faults.happened(), "kill": faults.kill_state()}
    if word == "kill":
        return faults.plan_kill(given)
    if word == "permissions":
        if "asked" in given:
            permissions.forget(given["asked"])
        return permissions.enforce(given)
    if word == "denied":
        return permissions.denied()
    if word == "lag":
        lag.settings["seconds"] = given["seconds"]
    elif word == "limits":
        limits.set_to(given)
    elif word == "delay":
        gate.delay["seconds"] = given["seconds"]
    elif word == "turns":
        # How long one call works before others get their turn: what takes two steps is found out when it is short.
        sys.setswitchinterval(given["seconds"])
    elif word == "looks":
        for part in (eks, kafka, search):
            part.looks_until_ready["count"] = given["count"]
    elif word == "zone":
        return zones.fail(given["zone"]) if given["failed"] else zones.recover(given["zone"])
    elif word == "health":
        return balancers.set_health(given["target_group"], given["target"], given["state"])
    elif word == "unlisted":
        return balancers.unlist(given["balancer"])
    elif word == "end":
        os._exit(0)
    elif word == "confirm":
        return topics.confirm(given["endpoint"])
    elif word == "foreign" and "bucket" in given:
        return foreign.bucket(given["bucket"], given.get("region", "eu-west-1"))
    elif word == "foreign":
        return foreign.make(given["count"], given.get("region", "eu-west-1"))
    else:
        return {"error": f"nobody knows `{word}`"}
    return {}
