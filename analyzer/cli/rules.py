"""`zaplint rules [ID]`: the catalogue, or one rule's page; `zaplint rules test`: their tests."""

import difflib
from pathlib import Path

import click

from analyzer.cli import options
from analyzer.core import UserError
from analyzer.inspect.ruletests import rule_tests
from analyzer.pipeline import load_book
from analyzer.report.ruletest import render_rule_test, render_rule_tests
from analyzer.rulebook import page

_EPILOG = """\b
Examples:
  zaplint rules
      every rule, with its title
  zaplint rules lock/order-inverted
      the page of one
  zaplint rules test mine
      whether the rules in the folder mine do what their fixtures say
"""
_TEST_EPILOG = """\b
Examples:
  zaplint rules test mine
      the rules mine/<family>/<name>.toml, with mine/<family>/<name>.c and mine/<family>/<name>/*.c
  zaplint rules test mine/lock/one.toml --rules ours
      one rule, with the words of another folder
\b
Exit status:
  0  every expectation is met
  1  one is not, or a rule has no fixture
  2  wrong usage, or a slip in a rule file
"""


class _Rules(click.Group):
    """A group in which a word that is no command is the id of a rule."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] in self.commands:
            return super().resolve_command(ctx, args)
        return "show", _show, args


@click.group(
    cls=_Rules,
    epilog=_EPILOG,
    invoke_without_command=True,
    subcommand_metavar="[ID | test [PATH]...]",
)
@options.RULES
@click.pass_context
def rules(context: click.Context, rules: tuple[Path, ...]) -> None:
    """List the rules, show the page of the rule ID, or test rules."""
    context.obj = rules
    if context.invoked_subcommand is not None:
        return
    book = load_book(rules).rulebook
    width = max(len(rule.id) for rule in book.rules)
    for rule in book.rules:
        level = rule.info.level.value
        stage = " (preview)" if rule.preview else ""
        click.echo(f"{rule.id:{width}}  {rule.info.code:6}  {level:7}  {rule.info.title}{stage}")


@click.command()
@click.argument("id")
@options.RULES
@click.pass_obj
def _show(before: tuple[Path, ...], id: str, rules: tuple[Path, ...]) -> None:
    """Show the page of the rule ID."""
    book = load_book((*before, *rules)).rulebook
    for rule in book.rules:
        if id in (rule.id, rule.info.code):
            click.echo(page(rule), nl=False)
            return
    near = difflib.get_close_matches(id, [rule.id for rule in book.rules], 1, 0.4)
    hint = f"did you mean '{near[0]}'?" if near else "`zaplint rules` lists them"
    raise UserError(f"no rule is called '{id}'", hint)


@rules.command(epilog=_TEST_EPILOG)
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path))
@options.RULES
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text")
@click.pass_context
def test(
    context: click.Context, paths: tuple[Path, ...], rules: tuple[Path, ...], style: str
) -> None:
    """Test rules against their fixtures and the examples of their pages. PATH is a folder of
    rules, or the TOML file of one; without it, the rules that come with zaplint are tested.
    """
    before: tuple[Path, ...] = context.obj
    done = []
    for each in rule_tests(paths, (*before, *rules)):
        done.append(each)
        if style == "text":
            click.echo(render_rule_test(each), nl=False)
    click.echo(render_rule_tests(tuple(done), style), nl=False)
    context.exit(1 if any(each.unmet for each in done) else 0)
