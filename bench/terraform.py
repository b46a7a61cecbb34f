#!/usr/bin/env python3
"""Spec → Terraform: `provision render` against CDKTF's synth of the same resources.

Needs: target/release/provision, Python 3 with venv, Node.js 20 or newer with npm; npm and PyPI the first time.

CDKTF gets the resources of the rendered directory, attribute by attribute, through its plain `TerraformResource`: no
bindings of a provider are loaded, and no `cdktf` command is started around it. Both would only add to its time; what
`render` does beside (the verdict, host files, the failure analysis for the README) adds to ours.
"""

import json
import shutil
import sys

from side_by_side import ROOT, WORK, arguments, compare, python_tools, render, run

READ = """
import json, sys
from pathlib import Path
import hcl2
resources = []
for path in sorted(Path(sys.argv[1]).glob("*.tf")):
    for block in hcl2.loads(path.read_text()).get("resource", []):
        for kind, named in block.items():
            resources += [{"kind": kind, "name": name, "body": body} for name, body in named.items()]
json.dump(resources, open(sys.argv[2], "w"), default=str)
"""


def cdktf(directory):
    """The app, beside its dependencies and the resources that it is to write."""
    app = WORK / "cdktf"
    app.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", "main.js"):
        shutil.copy(ROOT / "bench/cdktf" / name, app / name)
    run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=app)
    run([python_tools() / "python", "-c", READ, directory, app / "resources.json"])
    return app


def main():
    given = arguments(__doc__)
    directory = render(given)
    app = cdktf(directory)
    run(["node", "main.js"], cwd=app)
    wanted = json.loads((app / "resources.json").read_text())
    written = json.loads((app / "cdktf.out/stacks/same/cdk.tf.json").read_text())["resource"]
    if sum(map(len, written.values())) != len(wanted):
        sys.exit("CDKTF wrote another number of resources than it was given")
    sides = [
        ("`provision render`", [given.provision, "render", given.spec, "-o", directory], {0}),
        ("CDKTF synth", ["node", "main.js"], {0}),
    ]
    versions = [
        run([given.provision, "version"]).splitlines()[0],
        "cdktf " + json.loads((app / "node_modules/cdktf/package.json").read_text())["version"],
        "Node.js " + run(["node", "--version"]).strip(),
        f"{len(wanted)} resources of `{given.spec.name}`",
    ]
    compare("Spec to Terraform", sides, given.runs, versions, cwd=app)


if __name__ == "__main__":
    main()
