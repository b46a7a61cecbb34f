#!/usr/bin/env python3
"""A verdict: `provision validate` and `provision plan` against checkov on the directory that the spec was rendered to.

Needs: target/release/provision, Python 3 with venv; PyPI the first time.

They don't judge the same: `validate` holds the deployment against the vendor's documented architecture, checkov each
resource against general rules of security. What is measured is what a person or a CI waits for.
"""

from side_by_side import arguments, compare, python_tools, render, run


def main():
    given = arguments(__doc__, runs=5)
    directory = render(given)
    checkov = python_tools() / "checkov"
    sides = [
        ("`provision validate`", [given.provision, "validate", given.spec], {0, 2}),
        (
            "checkov",
            [checkov, "-d", directory, "--framework", "terraform", "--quiet", "--compact", "--skip-download"],
            {0, 1},
        ),
    ]
    versions = [
        run([given.provision, "version"]).splitlines()[0],
        "checkov " + run([checkov, "--version"]).strip(),
        f"`{given.spec.name}`",
    ]
    compare("A verdict", sides, given.runs, versions)


if __name__ == "__main__":
    main()
