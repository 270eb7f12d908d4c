"""Sets of names that are written with `*`, asked again and again."""

import re
from fnmatch import translate


class Globs:
    """Whether a name is one of `names` or matches one of `globs`."""

    def __init__(self, globs: tuple[str, ...], names: frozenset[str]) -> None:
        self._names = names | {glob for glob in globs if not set(glob) & set("*?[")}
        wild = [translate(glob) for glob in globs if set(glob) & set("*?[")]
        self._wild = re.compile("|".join(wild)) if wild else None
        self._memo: dict[str, bool] = {}

    def __call__(self, name: str) -> bool:
        """Whether the name is one of them."""
        found = self._memo.get(name)
        if found is None:
            found = name in self._names or bool(self._wild and self._wild.match(name))
            self._memo[name] = found
        return found
