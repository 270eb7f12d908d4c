"""Where the rules that come with zaplint are."""

from pathlib import Path

from analyzer.core import UserError

_PACKAGE = Path(__file__).resolve().parent.parent


def rules_folder() -> Path:
    """The folder of the rules: beside the installed modules, or at the top of a checkout.

    Raises UserError when zaplint was installed without its rules.
    """
    for folder in (_PACKAGE / "_rules", _PACKAGE.parent / "rules"):
        if (folder / "models").is_dir():
            return folder
    raise UserError(
        f"{_PACKAGE / '_rules'}: the rules that belong to zaplint are not there",
        "install zaplint again, or name a folder of rules with --rules",
    )
