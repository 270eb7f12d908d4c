"""`zaplint lsp`: a language server, for editors."""

import sys
from importlib.util import find_spec
from pathlib import Path

import click

from analyzer.cli import options
from analyzer.cli.peace import CONFIG, KNOWN
from analyzer.cli.said import Said
from analyzer.core import Release, UserError
from analyzer.pipeline import Request

_EPILOG = """\b
Examples:
  zaplint lsp
      what an editor starts for the files of a kernel tree; it reads the folder of a file
  zaplint lsp --scope mm --scope fs/hugetlbfs
      reads these folders whatever file is open, and looks at no other
  zaplint lsp --baseline ~/linux/zaplint.baseline
      shows what is new; it and zaplint.toml are read again when they are written
"""


@click.command(epilog=_EPILOG)
@options.SCOPE
@options.SELECT
@options.IGNORE
@options.RULES
@options.KERNEL
@CONFIG
@KNOWN
@click.option("--stdio", is_flag=True, help="Does nothing; some editors say so.")
def lsp(
    scopes: tuple[str, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    rules: tuple[Path, ...],
    release: Release | None,
    config: Path | None,
    baseline: Path | None,
    stdio: bool,
) -> None:
    """Serve an editor over standard input and output, by the Language Server Protocol: findings
    while you type, the locks at a line and what a function does to them on hover, and the evidence
    as definition.
    """
    if find_spec("pygls") is None:
        raise UserError("pygls is not installed", "install it with `pip install 'zaplint[lsp]'`")
    from analyzer.lsp.server import serve  # noqa: PLC0415 - A heavy dependency that is optional.

    request = Request(Path(), scopes, select, ignore, rules, release)
    sys.exit(serve(request, lambda asked: Said(asked, config, baseline)))
