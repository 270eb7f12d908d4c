"""Builds zaplint; what pyproject.toml says is all, unless ZAPLINT_COMPILE=1 is set.

Then the layers that take the time of a run become C by mypyc, as mypy and black ship themselves.
`MYPYC_OPT_LEVEL` is the -O of the C compiler.
"""

import os
from pathlib import Path

from setuptools import Distribution, setup
from setuptools.command.build_ext import build_ext

COMPILED = tuple(Path("analyzer", name) for name in ("dataflow", "ir"))
"""The layers that become C: four fifths of a run are simulations."""

PYTHON = frozenset({"analysis.py", "changed.py", "known.py", "recorded.py"})
"""Their modules that stay as they are: copies of an object are made there by its `__dict__`."""

NEEDED = ["mypy>=1.18"]
"""mypyc comes with mypy."""


class Compiled(build_ext):
    """Makes C of the layers when something is built: not when a build asks what it needs."""

    def finalize_options(self) -> None:
        """Makes the C, once."""
        from mypyc.build import mypycify  # noqa: PLC0415 # It is here only if something is compiled.

        if not self.distribution.ext_modules:
            paths = [path for layer in COMPILED for path in sorted(layer.glob("*.py"))]
            modules = [str(path) for path in paths if path.name not in PYTHON]
            level = os.environ.get("MYPYC_OPT_LEVEL", "1")
            self.distribution.ext_modules = mypycify(modules, opt_level=level, debug_level="0")
        super().finalize_options()


class Binary(Distribution):
    """A distribution for one Python on one platform."""

    def has_ext_modules(self) -> bool:
        """The modules are named only when they are built."""
        return True


if os.environ.get("ZAPLINT_COMPILE") == "1":
    setup(distclass=Binary, cmdclass={"build_ext": Compiled}, setup_requires=NEEDED)
else:
    setup()
