"""Audits of whole real trees, each run once: they take most of the time of these tests."""

import sys
from pathlib import Path

import pytest

from analyzer.core import Report
from analyzer.pipeline import Request, audit
from tests.real.expected import RELEASES, Expected, expected
from tests.real.once import once

_DEPTH = 20_000


@pytest.fixture(scope="session", params=RELEASES)
def release(request: pytest.FixtureRequest) -> str:
    """The release of the tree that a test is about."""
    return str(request.param)


@pytest.fixture(scope="session")
def linux(release: str, request: pytest.FixtureRequest) -> Path:
    """The tree as Debian packages it."""
    found = request.getfixturevalue(f"linux_{release.replace('.', '_')}")
    assert isinstance(found, Path)
    return found


@pytest.fixture(scope="session")
def report(linux: Path, tmp_path_factory: pytest.TempPathFactory) -> Report:
    """All rules over the whole tree."""
    sys.setrecursionlimit(_DEPTH)
    return once(tmp_path_factory, f"audit {linux}", lambda: audit(Request(linux)))


@pytest.fixture(scope="session")
def awaited(release: str) -> Expected:
    """What is known of the tree."""
    return expected(release)
