"""What an answer depends on beside the tree."""

from pathlib import Path
from typing import Final

from analyzer.rulebook.folder import rules_folder
from analyzer.source.state import below

_PACKAGE: Final = Path(__file__).resolve().parent.parent


def made_of(folders: tuple[Path, ...]) -> list[str]:
    """The paths of the rules, those in `folders` included, and of zaplint itself."""
    code = (each for each in below(_PACKAGE) if each.endswith((".py", ".so")))
    return [*code, *(each for folder in (rules_folder(), *folders) for each in below(folder))]
