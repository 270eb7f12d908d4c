"""What `--config` and `--baseline` name, read before a run, and the run with them."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import click

from analyzer.cfront.directives import directives_in
from analyzer.cli.built import (
    COMPILE_COMMANDS,
    KCONFIG,
    asked_build,
    not_compiled,
    with_makefiles,
)
from analyzer.cli.named import decoded, name_of, path_in, text_of
from analyzer.core import Directive, Problem, ProblemKind, Report
from analyzer.pipeline import Book, Progress, Request, World, audited, load_book
from analyzer.source import Tree, open_tree
from analyzer.triage import (
    Baseline,
    Config,
    Desk,
    Judged,
    Names,
    read_baseline,
    read_config,
    settled,
)

CONFIG_FILE: Final = "zaplint.toml"
_WILD: Final = frozenset("*?[")

CONFIG = click.option(
    "--config",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=f"The configuration; without it, {CONFIG_FILE} at the top of the tree, if there is one.",
)
KNOWN = click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Do not report the findings that this file knows; see zaplint baseline.",
)


def BASELINE(command: Callable[..., None]) -> Callable[..., None]:
    """The options by which a run reports less: a baseline, which is handed to `command`, and a
    build, which is not; `peace` asks for it.
    """
    return KNOWN(KCONFIG(COMPILE_COMMANDS(command)))


@dataclass(frozen=True, slots=True)
class Named:
    """The files that a command was given. `staged` are texts of files of the tree, by their paths
    there, that count in place of those on disk: these, or that of the tree's own configuration.
    """

    config: Path | None = None
    baseline: Path | None = None
    staged: Mapping[str, bytes] = field(default_factory=dict)

    def text(self, root: Path, file: Path) -> tuple[str, str]:
        """What one of the files holds, and how an error calls it. Raises UserError for a file that
        cannot be read.
        """
        path = path_in(root, file)
        data = self.staged.get(path) if path is not None else None
        if data is None:
            return text_of(file), str(file)
        place = f"index:{path}"
        return decoded(data, place), place


@dataclass(frozen=True, slots=True)
class Peace:
    """A run to come, with what is to be heard of its findings."""

    request: Request
    book: Book
    desk: Desk

    def audit(self, progress: Progress) -> Report:
        """The report of the run, settled."""
        return self.audited(progress)[0]

    def audited(
        self,
        progress: Progress,
        judge: Callable[[Request, Book], tuple[Report, World]] | None = None,
    ) -> tuple[Report, World]:
        """The report, settled, with all that was read for it. `judge` gives both, unsettled;
        without one the tree is read.
        """
        report, world = (judge or audited)(replace(self.request, progress=progress), self.book)
        return self.settle(report, _further(self.request, report), world.tree), world

    def settle(self, report: Report, further: tuple[Directive, ...], tree: Tree) -> Report:
        """The report with what is said of its findings, also in the comments `further`, of files
        that were not read.
        """
        missing = _missing(tree, self.desk.config)
        missing += not_compiled(self.request, self.desk.build)
        comments = (*report.directives, *further)
        report = replace(
            report,
            problems=tuple(sorted((*report.problems, *missing))),
            directives=tuple(sorted(comments, key=lambda each: (each.path, each.line))),
        )
        unread = frozenset(each.path for each in further if each.path.endswith(".h"))
        desk = self.desk
        if desk.build is not None:
            desk = replace(desk, build=with_makefiles(desk.build, tree, report.obligations))
        return settled(report, desk, self._judged(report, unread, tree))

    def _judged(self, report: Report, unread: frozenset[str], tree: Tree) -> Judged:
        """What the run judges: of the rules that apply, those without a clause in preview unless
        they are named.
        """
        named = frozenset(self.request.select)
        partly = {
            rule.id
            for rule in self.book.rulebook.rules
            if not named & {rule.id, rule.info.code}
            and any(clause.common.preview for clause in rule.clauses)
        }
        rules = frozenset(rule.id for rule in report.rules) - partly
        known = self.desk.baseline
        paths = {line.path for line in known.lines} if known else set()
        absent = frozenset(path for path in paths if not tree.has(path))
        return Judged(rules, self.request.scopes, self.request.files, unread, absent)


def peace(
    request: Request,
    named: Named,
    load: Callable[[tuple[Path, ...]], Book] = load_book,
    place: str = "",
) -> Peace:
    """What is to be heard in a run. Raises UserError for any slip in it, before the run. `load`
    gives the rules; `place` is how an error calls the configuration of the tree.
    """
    build = asked_build(request)  # First, for it takes no time.
    book = load(request.rules)
    names = names_of(book)
    if named.config is not None:
        found: Config | None = _named_config(request.root, named, named.config, names)
    elif CONFIG_FILE in named.staged:
        found = _named_config(request.root, named, request.root / CONFIG_FILE, names)
    else:
        tree = open_tree(request.root, request.release, request.overlay)
        found = own_config(tree, names, place)
    return Peace(request, book, Desk(names, found, read_known(request.root, named), build))


def names_of(book: Book) -> Names:
    """The names by which rules are called."""
    rules = book.rulebook.rules
    codes = {rule.info.code: rule.id for rule in rules if rule.info.code}
    return Names(tuple(rule.id for rule in rules), codes)


def own_config(tree: Tree, names: Names, place: str = "") -> Config | None:
    """The configuration that a tree has, as it is judged, none without one; `place` is how an error
    calls it. Raises UserError for a slip.
    """
    path = tree.root / CONFIG_FILE
    if CONFIG_FILE not in tree.overlay and not path.is_file():
        return None
    if CONFIG_FILE in tree.overlay.gone:
        return None
    place = place or str(path)
    data = tree.overlay.texts.get(CONFIG_FILE)
    text = text_of(path) if data is None else decoded(data, place)
    return replace(read_config(text, place, names), name=CONFIG_FILE)


def _named_config(root: Path, named: Named, file: Path, names: Names) -> Config:
    text, place = named.text(root, file)
    return replace(read_config(text, place, names), name=name_of(root, file))


def read_configuration(root: Path, file: Path | None, names: Names) -> Config | None:
    """The configuration in a file, without one that of the tree, if there is one. Raises UserError
    for any slip in it.
    """
    if file is None:
        return own_config(open_tree(root), names)
    return _named_config(root, Named(), file, names)


def read_known(root: Path, named: Named) -> Baseline | None:
    """The baseline that is named, none without one. Raises UserError if it is none."""
    file = named.baseline
    if file is None:
        return None
    text, place = named.text(root, file)
    return replace(read_baseline(text, place), name=name_of(root, file))


def _further(request: Request, report: Report) -> tuple[Directive, ...]:
    """The comments in files in scope that were not read, for no rule looks at them: they allow
    nothing, and are told of all the same.
    """
    if request.files:
        return ()
    tree = open_tree(request.root, request.release, request.overlay)
    known = {each.path for each in report.directives}
    texts = {}
    for path in tree.mentioning(tree.sources(request.scopes), frozenset({"zaplint"})):
        with suppress(OSError):  # If it matters to a rule, the run told that it is lost.
            texts[path] = b"" if path in known else tree.read(path)
    return directives_in(texts)


def _missing(tree: Tree, config: Config | None) -> list[Problem]:
    """The globs of a configuration whose folder is not in the tree: they are about nothing."""
    found = []
    for setting in config.settings if config else ():
        for glob, line in zip(setting.files, setting.places, strict=True):
            at = min((glob.index(sign) for sign in _WILD if sign in glob), default=len(glob))
            plain = glob if at == len(glob) else glob[:at].rpartition("/")[0]
            if config and not tree.has(plain):
                text = f"nothing in this tree is called '{plain}', so '{glob}' is about no file"
                found.append(Problem.of(ProblemKind.CONFIG, config.name, line, text))
    return found
