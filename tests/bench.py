"""Times an audit of mm/ of Linux 6.12, by one worker and by all, and its peers that are here.

Semgrep applies two trivial patterns; Coccinelle the kernel's own lock rules (coccicheck), once.

Run it by `make bench`; with the word `hook` it times the hook alone. Seconds are wall clock: the
median of three, with all three behind it. With
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
    if sys.argv[1:] == ["hook"]:
        _hook()
        return
    for jobs in sorted({1, os.cpu_count() or 1}):
        audit = [str(ZAPLINT), "audit", f"--jobs={jobs}"]
        _show(f"zaplint, mm, {jobs} jobs", [*audit, "--scope=mm", str(TREE)])
        _show(f"zaplint, tree, {jobs} jobs", [*audit, str(TREE)])
    _hook()
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


def _hook() -> None:
    """What the pre-commit hook does, without and with the process that stays: a file of a checkout
    of the whole tree, another edit of a function each time.
    """
    with tempfile.TemporaryDirectory(prefix="zaplint-bench-") as folder:
        tree = Path(folder) / "linux"
        shutil.copytree(TREE, tree, symlinks=True)
        (tree / ".gitignore").unlink(missing_ok=True)
        who = ("-c", "user.name=A Dev", "-c", "user.email=dev@example.org")
        for words in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "base")):
            subprocess.run(["git", "-C", str(tree), *who, *words], check=True)
        environment = {**os.environ, "ZAPLINT_CACHE": f"{folder}/cache"}
        environment.pop("CI", None)
        file = tree / "mm" / "rmap.c"
        text, number = file.read_text(), 0

        def hook(*words: str) -> float:
            nonlocal number
            number += 1
            at = text.index("\n{\n\tstruct ") + 3
            file.write_text(f"{text[:at]}\tint edit_{number} = {number};\n{text[at:]}")
            subprocess.run(["git", "-C", str(tree), "add", "mm/rmap.c"], check=True)
            command = [str(ZAPLINT), "check", "--staged", *words, "mm/rmap.c"]
            return _seconds(command, tree, environment)

        try:
            cold = statistics.median(hook("--no-daemon") for _ in range(ROUNDS))
            first = hook("--daemon")
            every = sorted(hook("--daemon") for _ in range(3 * ROUNDS))
        finally:
            subprocess.run([ZAPLINT, "daemon", "stop"], env=environment, check=True)
        warm = statistics.median(every)
        print(f"{'hook, whole tree':<24} {cold:7.2f} s  (begins a daemon: {first:.2f})")
        print(f"{'hook, warm':<24} {warm:7.2f} s  (at most {every[-1]:.2f}; 1/{cold / warm:.0f})")


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


def _seconds(
    command: list[str], folder: Path | None = None, environment: dict[str, str] | None = None
) -> float:
    start = time.perf_counter()
    done = subprocess.run(
        command, stdout=subprocess.DEVNULL, check=False, cwd=folder, env=environment
    )
    if done.returncode > 1:
        raise SystemExit(f"{command[0]}: status {done.returncode}")
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
