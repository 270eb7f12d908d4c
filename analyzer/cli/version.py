"""`zaplint --version`: the version, the rule set, and whether it is compiled."""

from hashlib import sha256

import click

from analyzer import __version__
from analyzer.dataflow import simulate
from analyzer.rulebook.folder import rules_folder

_DIGITS = 8
_PARTS = (".toml", ".c", ".h")


def _show(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value and not context.resilient_parsing:
        build = "" if simulate.__file__.endswith(".py") else ", compiled"
        click.echo(f"zaplint {__version__}, rule set {rule_set()}{build}")
        context.exit()


def rule_set() -> str:
    """What tells the rules, models and vocabulary that come with zaplint from those of others: the
    beginning of a hash of their texts.
    """
    folder = rules_folder()
    digest = sha256()
    for path in sorted(path for path in folder.rglob("*") if path.suffix in _PARTS):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()[:_DIGITS]


VERSION = click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show,
    help="Show the version and the rule set, and exit.",
)
