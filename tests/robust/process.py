"""The command line in a process of its own, ended with all it started when it is too slow."""

import os
import signal
import subprocess
import sys
from pathlib import Path

_MAIN = "from analyzer.cli.main import main; main()"


def run(*words: str | Path, seconds: int) -> subprocess.CompletedProcess[str]:
    """Runs `zaplint` with these words. Raises TimeoutExpired."""
    command = [sys.executable, "-c", _MAIN, *map(str, words)]
    with subprocess.Popen(
        command,
        cwd=Path(__file__).resolve().parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            output, errors = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    return subprocess.CompletedProcess(command, process.returncode, output, errors)
