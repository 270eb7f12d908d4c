"""The script that gets kernel trees, against a package of our own in the place of Debian's."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("fetch.sh")
DOWNLOAD = """\
#!/bin/bash
set -e
echo "$@" >> "$LOG"
mkdir -p p/usr/src p/DEBIAN t/linux-source-9.9/mm
touch t/linux-source-9.9/Makefile
tar -cJf p/usr/src/linux-source-9.9.tar.xz -C t linux-source-9.9
printf '%s\\n' 'Package: linux-source-9.9' 'Version: 1' 'Architecture: all' > p/DEBIAN/control
printf '%s\\n' 'Maintainer: x' 'Description: x' >> p/DEBIAN/control
dpkg-deb --build p linux-source-9.9_1_all.deb
"""


@pytest.fixture
def machine(tmp_path: Path) -> dict[str, str]:
    """The environment of an ordinary user, whose apt-get makes what it is to download."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, text in (("apt-get", DOWNLOAD), ("id", "#!/bin/sh\necho 1000\n")):
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    return {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "LOG": str(tmp_path / "log"),
        "ZAPLINT_CACHE": str(tmp_path / "cache"),
    }


def test_a_tree_is_downloaded_once_and_nothing_is_left_over(
    machine: dict[str, str], tmp_path: Path
) -> None:
    assert shutil.which("dpkg-deb"), "dpkg-deb is needed; install dpkg"
    for _ in range(2):
        subprocess.run([SCRIPT, "9.9"], env=machine, capture_output=True, check=True)
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["linux-9.9"]
    assert sorted(path.name for path in (tmp_path / "cache/linux-9.9").iterdir()) == [
        "Makefile",
        "mm",
    ]
    assert (tmp_path / "log").read_text() == "download -q linux-source-9.9\n"


def test_a_tree_of_the_environment_is_taken(machine: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "linux/mm").mkdir(parents=True)
    (tmp_path / "linux/Makefile").touch()
    named = {**machine, "ZAPLINT_LINUX_9_9": str(tmp_path / "linux")}
    subprocess.run([SCRIPT, "9.9"], env=named, check=True)
    assert not (tmp_path / "cache").exists()


def test_a_wrong_tree_of_the_environment_is_refused(
    machine: dict[str, str], tmp_path: Path
) -> None:
    named = {**machine, "ZAPLINT_LINUX_9_9": str(tmp_path)}
    done = subprocess.run([SCRIPT, "9.9"], env=named, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (
        2,
        f"ZAPLINT_LINUX_9_9={tmp_path}: no kernel tree there; "
        "name one, or unset ZAPLINT_LINUX_9_9\n",
    )
