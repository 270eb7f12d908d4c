"""The script that gets a browser, where there is none."""

import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("fetch.sh")
BASH = shutil.which("bash")
APT = """\
#!{bash}
echo "$*" >> '{log}'
[ "${{!#}}" != chromium-headless-shell ]
"""


def _run(folder: Path, user: int, **further: str) -> tuple[int, str, list[str]]:
    """The script on a machine that has bash, and an apt-get which knows one package alone."""
    assert BASH is not None
    log = folder / "log"
    for name, text in (
        ("id", f"#!{BASH}\necho {user}\n"),
        ("apt-get", APT.format(bash=BASH, log=log)),
    ):
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    done = subprocess.run(
        [BASH, SCRIPT],
        env={"PATH": str(folder), **further},
        capture_output=True,
        text=True,
        check=False,
    )
    asked = log.read_text().splitlines() if log.exists() else []
    return done.returncode, done.stderr, asked


def test_a_user_is_told_what_to_install(tmp_path: Path) -> None:
    message = "chromium: not here; install chromium, or set ZAPLINT_CHROMIUM\n"
    assert _run(tmp_path, 1000) == (2, message, [])


def test_root_gets_what_the_release_has(tmp_path: Path) -> None:
    status, _, asked = _run(tmp_path, 0)
    assert (status, [line.split()[-1] for line in asked]) == (
        0,
        ["-q", "chromium-headless-shell", "chromium"],
    )


@pytest.mark.parametrize("user", [0, 1000])
def test_a_browser_that_is_named_or_there_is_enough(tmp_path: Path, user: int) -> None:
    assert _run(tmp_path, user, ZAPLINT_CHROMIUM="/opt/chromium") == (0, "", [])
    browser = tmp_path / "chromium"
    browser.write_text("")
    browser.chmod(0o755)
    assert _run(tmp_path, user) == (0, "", [])
