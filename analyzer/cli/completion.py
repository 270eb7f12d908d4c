"""`zaplint completion SHELL`, and what options offer to a shell that completes."""

import click
from click.shell_completion import CompletionItem, get_completion_class

from analyzer.core import UserError
from analyzer.pipeline import load_book

_VARIABLE = "_ZAPLINT_COMPLETE"
_EPILOG = """\b
Put it where your shell looks:
  bash  eval "$(zaplint completion bash)"                         in ~/.bashrc
  zsh   eval "$(zaplint completion zsh)"                          in ~/.zshrc
  fish  zaplint completion fish > ~/.config/fish/completions/zaplint.fish
"""


@click.command(epilog=_EPILOG)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the script that lets SHELL complete commands, options and rules."""
    made = get_completion_class(shell)
    assert made is not None
    click.echo(made(context.find_root().command, {}, "zaplint", _VARIABLE).source())


def rules_and_families(
    _context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The families and the ids of rules that begin so, the rules with their titles."""
    try:
        rules = load_book().rulebook.rules
    except UserError:  # A shell that completes has no place for an error.
        return []
    families = sorted({rule.info.family for rule in rules})
    items = [CompletionItem(family, help="all rules of the family") for family in families]
    items += [CompletionItem(rule.id, help=rule.info.title) for rule in rules]
    return [each for each in items if str(each.value).startswith(incomplete)]
