#!/usr/bin/env python3
"""Nothing but the start: each program says its version.

Needs: target/release/provision, Python 3 with venv, Node.js with npm; npm and PyPI the first time. Terraform and
OpenTofu are measured where they are on PATH.
"""

import shutil

from side_by_side import arguments, compare, python_tools, render, run
from terraform import cdktf


def main():
    given = arguments(__doc__)
    app = cdktf(render(given))
    sides = [("`provision version`", [given.provision, "version"], {0})]
    for binary in ("terraform", "tofu"):
        if shutil.which(binary):
            sides.append((f"`{binary} version`", [binary, "version"], {0}))
    sides += [
        ("loading CDKTF", ["node", "-e", "require('cdktf')"], {0}),
        ("`checkov --version`", [python_tools() / "checkov", "--version"], {0}),
    ]
    versions = [
        run([given.provision, "version"]).splitlines()[0],
        "Node.js " + run(["node", "--version"]).strip(),
        "checkov " + run([python_tools() / "checkov", "--version"]).strip(),
    ]
    compare("Cold start", sides, given.runs, versions, cwd=app)


if __name__ == "__main__":
    main()
