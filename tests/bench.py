"""Times an audit of mm/ of Linux 6.12, by one worker and by all, and its peers that are here.

Semgrep applies two trivial patterns; Coccinelle the kernel's own lock rules (coccicheck), once.

Run it by `make bench`. Seconds are wall clock: the median of three, with all three behind it. With
ZAPLINT_BENCH_PEER, the path of another zaplint, as one that is compiled or of another branch, the
two audit mm/ in turn, by one process, so that what else the machine does slows both; the
quotient of their processor times is what counts.
"""

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 3
CACHE = Path(os.environ.get("ZAPLINT_CACHE") or Path.home() / ".cache" / "zaplint")
TREE = Path(os.environ.get("ZAPLINT_LINUX_6_12") or CACHE / "linux-6.12")
ZAPLINT = Path(sys.executable).with_name("zaplint")
PEER = os.environ.get("ZAPLINT_BENCH_PEER")
SEMGREP_RULES = """\
rules:
  - {id: one, languages: [c], severity: INFO, message: x, pattern: "folio_lock($F);"}
  - {id: two, languages: [c], severity: INFO, message: x, pattern: "folio_unlock($F);"}
"""


def main() -> None:
    """Prints one line per measurement."""
    if PEER:
        _compare(PEER)
        return
    for jobs in sorted({1, os.cpu_count() or 1}):
        audit = [str(ZAPLINT), "audit", f"--jobs={jobs}"]
        _show(f"zaplint, mm, {jobs} jobs", [*audit, "--scope=mm", str(TREE)])
        _show(f"zaplint, tree, {jobs} jobs", [*audit, str(TREE)])
    semgrep = shutil.which("semgrep", path=f"{ZAPLINT.parent}:{os.environ['PATH']}")
    if semgrep:
        with tempfile.TemporaryDirectory(prefix="zaplint-bench-") as folder:
            rules = Path(folder) / "rules.yaml"
            rules.write_text(SEMGREP_RULES)
            command = [semgrep, "--metrics=off", "--quiet", "--config", str(rules)]
            _show("semgrep, mm, two rules", [*command, str(TREE / "mm")])
    spatch = shutil.which("spatch")
    if spatch:
        rules = sorted((TREE / "scripts" / "coccinelle" / "locks").glob("*.cocci"))
        mode = [
            "-D",
            "report",
            "--very-quiet",
            "--no-show-diff",
            "--jobs",
            str(os.cpu_count() or 1),
        ]
        options = ["--no-includes", "--include-headers", "--dir", str(TREE / "mm")]
        runs = [[spatch, *mode, *options, "--cocci-file", str(rule)] for rule in rules]
        print(
            f"{'coccicheck, mm, locks':<24} {sum(map(_seconds, runs)):7.2f} s  ({len(runs)} rules)"
        )


def _compare(peer: str) -> None:
    """Two builds of zaplint side by side: processor time of each round, and what is left of it."""
    audit = ["audit", "--jobs=1", "--scope=mm", str(TREE)]
    quotients = []
    for _ in range(ROUNDS):
        own, other = (_work([program, *audit]) for program in (str(ZAPLINT), peer))
        quotients.append(other / own)
        print(f"mm, 1 job, processor: {own:7.2f} s here, {other:7.2f} s there", flush=True)
    print(f"{peer}: {statistics.median(quotients):.2f} of the time")


def _work(command: list[str]) -> float:
    """Seconds of the processor that a command takes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    _seconds(command)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _show(name: str, command: list[str]) -> None:
    times = sorted(_seconds(command) for _ in range(ROUNDS))
    every = " ".join(f"{seconds:.2f}" for seconds in times)
    print(f"{name:<24} {statistics.median(times):7.2f} s  ({every})", flush=True)


def _seconds(command: list[str]) -> float:
    start = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    if done.returncode > 1:
        raise SystemExit(f"{command[0]}: status {done.returncode}")
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
