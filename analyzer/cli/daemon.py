"""`zaplint daemon`: the processes that `zaplint check --daemon` leaves behind."""

import click

from analyzer.core import UserError
from analyzer.daemon.running import running

_EPILOG = """\b
Examples:
  zaplint daemon
      which processes there are, with their memory
  zaplint daemon stop
      ends them all
"""


@click.group(invoke_without_command=True, epilog=_EPILOG)
@click.pass_context
def daemon(context: click.Context) -> None:
    """Show the processes that `zaplint check --daemon` leaves behind, one for each checkout, which
    answer every check there. Each ends by itself when nobody has asked for half an hour, or when
    zaplint is installed anew.
    """
    if context.invoked_subcommand is None:
        for each in running():
            click.echo(f"{each.process}  {each.kilobytes >> 10} MiB  {each.folder}")


@daemon.command()
def stop() -> None:
    """End them all."""
    left = [each for each in running() if not each.stop()]
    if left:
        names = ", ".join(str(each.process) for each in left)
        raise UserError(f"these processes do not end: {names}", "end them with kill -9")
