"""Runs commands in turns and tells how long each took: the time on the clock, and the processor's."""

import argparse
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "target" / "bench"


def arguments(about, runs=15):
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=runs)
    parser.add_argument("--spec", type=Path, default=ROOT / "examples/kestra-high-availability.yaml")
    parser.add_argument("--provision", type=Path, default=ROOT / "target/release/provision")
    given = parser.parse_args()
    if not given.provision.is_file():
        sys.exit(f"{given.provision} is not there: `cargo build --release --no-default-features` builds it")
    if given.runs < 1:
        sys.exit("--runs takes 1 or more")
    given.spec, given.provision = given.spec.resolve(), given.provision.resolve()
    WORK.mkdir(parents=True, exist_ok=True)
    return given


def run(command, **more):
    """To its end; a failure ends the script with what was said."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **more)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def render(given):
    """The spec as a rendered directory."""
    out = WORK / "out" / given.spec.stem
    run([given.provision, "render", given.spec, "-o", out])
    return out


def python_tools():
    """A virtual environment with checkov, as testing/python/render.txt pins it; it brings a reader of HCL, too."""
    venv, pinned = WORK / "python", ROOT / "testing/python/render.txt"
    stamp = venv / "stamp"
    if not stamp.is_file() or stamp.read_text() != pinned.read_text():
        run([sys.executable, "-m", "venv", "--clear", venv])
        run([venv / "bin/pip", "install", "--quiet", "--disable-pip-version-check", "-r", pinned])
        stamp.write_text(pinned.read_text())
    return venv / "bin"


def once(command, fine, cwd):
    """Seconds on the clock and of processor time."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=cwd)
    clock = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in fine:
        sys.exit(f"{command}: exit code {done.returncode}\n{done.stderr.decode(errors='replace')}")
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return clock, spent


def compare(title, sides, runs, versions, cwd=ROOT):
    """`sides`: name, command, exit codes that are fine. The first is what the others are held against."""
    taken = {name: [] for name, *_ in sides}
    for name, command, fine in sides:
        once(command, fine, cwd)  # so that nobody pays for cold files
    for _ in range(runs):
        for name, command, fine in sides:
            taken[name].append(once(command, fine, cwd))
    clock = {name: statistics.median(it[0] for it in all) for name, all in taken.items()}
    spent = {name: statistics.median(it[1] for it in all) for name, all in taken.items()}
    first = sides[0][0]
    print(f"### {title}\n")
    print(f"Median of {runs} runs each, in turns, after one that doesn't count.\n")
    print("| | on the clock | ratio | processor | ratio |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for name, *_ in sides:
        print(
            f"| {name} | {shown(clock[name])} | {clock[name] / clock[first]:.1f} "
            f"| {shown(spent[name])} | {ratio(spent[name], spent[first])} |"
        )
    print(f"\n{machine()} {'; '.join(versions)}.")


def ratio(one, other):
    return f"{one / other:.1f}" if other > 0 else "-"


def shown(seconds):
    return f"{seconds * 1000:.0f} ms" if seconds < 10 else f"{seconds:.1f} s"


def machine():
    model = "an unknown processor"
    for line in Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []:
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    load = os.getloadavg()
    return (
        f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores ({model}), {platform.system()} {'.'.join(platform.release().split('.')[:2])}, "
        f"load {load[0]:.1f} over the last minute;"
    )
