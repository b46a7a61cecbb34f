#!/usr/bin/env python3
"""The stand-in for the AWS provider, fed with what lives: an import finds that, and nothing else.

usage: fed.py TOOLS FED NAME@VERSION

FED is JSON: `objects`, a list of {kind, import, attributes}; `replaces`, kind → arguments that force a replacement
(`true` for all of them; `a.b` inside of blocks); `rises`, kind → attributes that every update moves on. What a configuration leaves out is taken from what lives, as providers do with what they
default; texts that say the same (JSON, capitals) are no change.
"""

import json
import os
import sys

TOOLS, FED, NAME = sys.argv[1:4]
sys.path.insert(0, TOOLS)

import provider  # noqa: E402
import values  # noqa: E402
import wire  # noqa: E402

fed = json.load(open(FED))
objects = {(it["kind"], it["import"]): it["attributes"] for it in fed["objects"]}


def shaped(value, block):
    """An object's attributes in the provider's shape."""
    state = values.empty_of(block)
    for name, attribute in block.get("attributes", {}).items():
        if value.get(name) is not None:
            state[name] = typed(value[name], attribute.get("type"))
    for name, nested in block.get("block_types", {}).items():
        given = value.get(name)
        if given:
            items = given if isinstance(given, list) else [given]
            items = [shaped(item, nested["block"]) for item in items]
            state[name] = items if nested["nesting_mode"] in ("list", "set") else items[0]
    return state


def typed(value, kind):
    if kind == "string" and isinstance(value, bool):
        return "true" if value else "false"
    if kind == "string" and not isinstance(value, str):
        return str(value)
    return value


def same(before, after):
    """Whether two values say the same."""
    if before == after or after is None or after is values.UNKNOWN and before is not None:
        return after is not values.UNKNOWN
    if isinstance(before, str) and isinstance(after, str):
        try:
            return json.loads(before) == json.loads(after)
        except ValueError:
            return before.lower() == after.lower()
    if isinstance(before, dict) and isinstance(after, dict):
        return all(same(before.get(key), value) for key, value in after.items())
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        rest = list(before)
        for item in after:
            found = next((other for other in rest if same(other, item)), rest)
            if found is rest:
                return False
            rest.remove(found)
        return True
    return False


def differing(before, after, path=""):
    """Where two values don't say the same, as paths without indices."""
    if same(before, after):
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for name in before.keys() | after.keys():
            yield from differing(before.get(name), after.get(name), f"{path}.{name}" if path else name)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after) and before:
        for old, new in zip(before, after):
            yield from differing(old, new, path)
    else:
        yield path


def meet(path, other):
    """Whether one of the paths leads into what the other names."""
    return f"{path}.".startswith(f"{other}.") or f"{other}.".startswith(f"{path}.")


class Fed(provider.Provider):
    def ImportResourceState(self, req):
        message = wire.parse(req)
        kind, ident = message[1][0].decode(), message[2][0].decode()
        lives = objects.get((kind, ident))
        if lives is None:
            return wire.blob(2, wire.diagnostic(f"no {kind} is called {ident}", "nothing of that name lives"))
        state = shaped(lives, self._schema("resources", kind)["block"])
        state["id"] = lives.get("id", ident)
        return wire.blob(1, wire.blob(1, kind) + wire.blob(2, wire.dynamic(values.pack(state))))

    def PlanResourceChange(self, req):
        message = wire.parse(req)
        kind = message[1][0].decode()
        prior, proposed = values.dynamic_in(message[2][0]), values.dynamic_in(message[3][0])
        if prior is None or proposed is None:
            return super().PlanResourceChange(req)
        planned = {name: prior[name] if same(prior[name], value) else value for name, value in proposed.items()}
        forcing = fed["replaces"].get(kind, [])
        changed = [path for path in differing(prior, planned) if not path.startswith("tags")]
        forced = {path.split(".")[0] for path in changed if forcing is True or any(meet(path, it) for it in forcing)}
        if planned != prior:
            planned.update(dict.fromkeys(fed["rises"].get(kind, []), values.UNKNOWN))
        path = b"".join(wire.blob(2, wire.blob(1, wire.blob(1, name))) for name in forced)
        # Of the older kind of provider: it may fill in what the configuration leaves out.
        return wire.blob(1, wire.dynamic(values.pack(planned))) + path + wire.num(5, 1)


def main():
    import threading

    provider.Provider = Fed
    server, _, port = provider.start(NAME, "127.0.0.1:0", threading.Event())
    address = {"Network": "tcp", "String": f"127.0.0.1:{port}"}
    said = {"Protocol": "grpc", "ProtocolVersion": 6, "Pid": os.getpid(), "Test": True, "Addr": address}
    print(json.dumps({NAME.split("@")[0]: said}), flush=True)
    sys.stdin.read()
    server.stop(0.1)
    os._exit(0)


if __name__ == "__main__":
    main()
