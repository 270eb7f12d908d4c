"""What tests need from outside: kernel trees, sarif-multitool, a browser and an editor."""

import gc
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests.browser.devtools import Browser, browser
from tests.sarif.multitool import Multitool

TESTS = Path(__file__).parent
CACHE = Path(os.environ.get("ZAPLINT_CACHE") or Path.home() / ".cache" / "zaplint")

_LONG = re.compile(r"tests/(real|backtest)/.*\[(6\.\d+)[-\]]")
"""Tests that ask about a tree which takes minutes to judge: what is asked, and of which tree."""
_CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
_MANY = 300_000
"""So many objects that may be garbage are looked through."""


def pytest_configure() -> None:
    """Looking for cycles while a run goes on costs a third of its time; it is done after tests."""
    gc.disable()


class _ByWork(LoadScopeScheduling):
    """Gives a process the tests of a whole file, and those that wait for one long piece of work,
    wherever they stand (see `once`).
    """

    def _split_scope(self, nodeid: str) -> str:
        long = _LONG.match(nodeid)
        return " ".join(long.groups()) if long else nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> _ByWork:
    """Tells xdist which tests go together."""
    return _ByWork(config, log)


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


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser without a window."""
    named = os.environ.get("ZAPLINT_CHROMIUM")
    program = next(filter(None, map(shutil.which, (named,) if named else _CHROMIUM)), None)
    if program is None:
        _missing(f"{named or 'chromium'}: not there", "tests/browser/fetch.sh")
    assert program is not None
    with browser(Path(program), tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="session")
def neovim() -> Path:
    """An editor."""
    program = shutil.which("nvim")
    if program is None:
        _missing("nvim: not there", "make tools")
    assert program is not None
    return Path(program)


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
