#!/usr/bin/env python3
"""The captured schemas of providers, with the kinds that are rendered and no others.

usage: narrow.py FROM TO < KINDS

KINDS is a JSON list. Terraform reads a provider's whole schema each time that it starts, and most of its time goes there.
"""

import gzip
import json
import os
import sys

source, target = sys.argv[1:]
kinds = set(json.load(sys.stdin))
os.makedirs(target, exist_ok=True)
for name in os.listdir(source):
    document = json.loads(gzip.decompress(open(os.path.join(source, name), "rb").read()))
    if kinds & document["resources"].keys():
        document["resources"] = {kind: it for kind, it in document["resources"].items() if kind in kinds}
        document["data"] = {}
    # Another process may be reading it.
    made = os.path.join(target, f".{os.getpid()}")
    with open(made, "wb") as file:
        file.write(gzip.compress(json.dumps(document).encode(), mtime=0))
    os.replace(made, os.path.join(target, name))
