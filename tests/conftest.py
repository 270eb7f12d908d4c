"""What tests need from outside: kernel trees and Microsoft's sarif-multitool."""

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.real.expected import RELEASES
from tests.sarif.multitool import Multitool

TESTS = Path(__file__).parent
CACHE = Path(os.environ.get("ZAPLINT_CACHE") or Path.home() / ".cache" / "zaplint")

_LONG = ("real", "backtest")
"""Folders whose tests ask about a tree that takes minutes to judge."""
_MANY = 300_000
"""So many objects that may be garbage are looked through."""


def pytest_configure() -> None:
    """Looking for cycles while a run goes on costs a third of its time; it is done after tests."""
    gc.disable()


@pytest.hookimpl(tryfirst=True)  # Before xdist, which takes the groups from the marks.
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What waits for one long piece of work goes to one process: see `once`."""
    for item in items:
        spec = getattr(item, "callspec", None)
        release = next((each for each in _values(spec) if each in RELEASES), None)
        if release and item.path.parent.name in _LONG:
            item.add_marker(pytest.mark.xdist_group(f"{item.path.parent.name} {release}"))


def _values(spec: object) -> list[object]:
    """The parameters of a test."""
    return list(getattr(spec, "params", {}).values())


@pytest.fixture(autouse=True)
def _swept() -> Iterator[None]:
    yield
    if gc.get_count()[0] > _MANY:
        gc.collect()


@pytest.fixture(scope="session")
def linux_6_1() -> Path:
    """The tree of Linux 6.1 as Debian packages it."""
    return _tree("6.1")


@pytest.fixture(scope="session")
def linux_6_12() -> Path:
    """The tree of Linux 6.12 as Debian packages it."""
    return _tree("6.12")


@pytest.fixture(scope="session")
def multitool() -> Multitool:
    """Microsoft's sarif-multitool."""
    installed = CACHE / "npm/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool"
    program = Path(os.environ.get("ZAPLINT_SARIF_MULTITOOL") or installed)
    if shutil.which(program) is None:
        _missing(f"{program}: not there", "tests/sarif/fetch.sh")
    return Multitool(program)


def _tree(release: str) -> Path:
    named = os.environ.get(f"ZAPLINT_LINUX_{release.replace('.', '_')}")
    tree = Path(named) if named else CACHE / f"linux-{release}"
    if not (tree / "mm").is_dir():
        _missing(f"{tree}: no kernel tree", f"tests/trees/fetch.sh {release}")
    return tree


def _missing(what: str, command: str) -> None:
    """Ends the test: in CI as failed, elsewhere as skipped, with the command that helps."""
    message = f"{what}; run {command}"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)
