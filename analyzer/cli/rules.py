"""`zaplint rules [ID]`: the catalogue, or one rule's page."""

import difflib
from pathlib import Path

import click

from analyzer.cli import options
from analyzer.core import UserError
from analyzer.pipeline import load_book
from analyzer.rulebook import page


@click.command()
@click.argument("id", required=False)
@options.RULES
def rules(id: str | None, rules: tuple[Path, ...]) -> None:
    """List the rules, or show the page of the rule ID."""
    book = load_book(rules).rulebook
    if id is None:
        width = max(len(rule.id) for rule in book.rules)
        for rule in book.rules:
            level = rule.info.level.value
            stage = " (preview)" if rule.preview else ""
            click.echo(
                f"{rule.id:{width}}  {rule.info.code:6}  {level:7}  {rule.info.title}{stage}"
            )
        return
    for rule in book.rules:
        if id in (rule.id, rule.info.code):
            click.echo(page(rule), nl=False)
            return
    near = difflib.get_close_matches(id, [rule.id for rule in book.rules], 1, 0.4)
    hint = f"did you mean '{near[0]}'?" if near else "`zaplint rules` lists them"
    raise UserError(f"no rule is called '{id}'", hint)
