"""Which files of a tree mention a name, asked again and again of more names and more files."""

from analyzer.source.tree import Tree


class Mentions:
    """The .c files of a tree that hold some words; what was looked for is kept for the run."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._files: dict[str, tuple[str, ...]] = {}
        self._searched: set[str] = set()

    @property
    def searched(self) -> frozenset[str]:
        """All words that were asked for."""
        return frozenset(self._searched)

    def on(self, tree: Tree) -> "Mentions":
        """The same, to go on with in a tree in which other files have other texts by now."""
        found = Mentions(tree)
        found._files, found._searched = dict(self._files), set(self._searched)
        return found

    def tells(self, path: str, words: frozenset[str]) -> bool:
        """Whether what is known of a file that was not read is that it holds just these of the
        words that were looked for.
        """
        known = {word for word, files in self._files.items() if path in files}
        return known == words & self._searched

    def outside(self, read: frozenset[str], words: frozenset[str]) -> dict[str, tuple[str, ...]]:
        """For each of `words`, and of those asked for before, that occurs in files other than
        `read`, those files, sorted.

        What is read grows: files that were read when a word was first asked for are not told.
        """
        missing = words - self._searched
        if missing:
            self._searched |= missing
            self._files.update(self._tree.outside(read, missing))
        found = {
            word: tuple(path for path in self._files[word] if path not in read)
            for word in sorted(self._files)
        }
        return {word: files for word, files in found.items() if files}
