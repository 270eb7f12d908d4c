"""What a configuration and a baseline say of the findings of a tree while somebody works on all of
them.
"""

from pathlib import Path

from analyzer.cfront.directives import directives_in
from analyzer.cli.peace import CONFIG_FILE, Named, names_of, read_configuration, read_known
from analyzer.core import Obligation, every
from analyzer.pipeline import Request, load_book
from analyzer.triage import Baseline, Config, Desk, heard


class Said:
    """Tells the findings among obligations, by the files as they were when they were last read.

    `config` and `baseline` are those that were named, None for the file at the top of the tree, and
    for none.
    """

    def __init__(self, request: Request, config: Path | None, baseline: Path | None) -> None:
        self._root = request.root
        self._names = names_of(load_book(request.rules))
        self._files = (config, baseline)
        self._config: Config | None = None
        self._baseline: Baseline | None = None
        self._absent: frozenset[str] = frozenset()

    def stamps(self) -> tuple[tuple[int, int, int], ...]:
        """What tells whether one of the files was written: another value than before."""
        config, baseline = self._files
        paths = (config or self._root / CONFIG_FILE, baseline)
        return tuple(_stamp(path) for path in paths if path is not None)

    def read(self) -> None:
        """Reads the files as they are now. Raises UserError for a slip in them; a file with one
        counts as it was before.
        """
        every(lambda read: read(), (self._read_config, self._read_baseline))

    def _read_config(self) -> None:
        self._config = read_configuration(self._root, self._files[0], self._names)

    def _read_baseline(self) -> None:
        self._baseline = read_known(self._root, Named(baseline=self._files[1]))
        paths = {line.path for line in self._baseline.lines} if self._baseline else set()
        self._absent = frozenset(path for path in paths if not (self._root / path).exists())

    def findings(self, obligations: tuple[Obligation, ...], text: bytes) -> tuple[Obligation, ...]:
        """The findings among the obligations in a file with this text."""
        comments = directives_in({each.location.path: text for each in obligations})
        desk = Desk(self._names, self._config, self._baseline)
        return tuple(e for e in heard(obligations, comments, desk, self._absent) if e.is_finding)


def _stamp(path: Path) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except OSError:
        return 0, 0, 0
    return found.st_mtime_ns, found.st_size, found.st_ino
