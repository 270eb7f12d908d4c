"""Configurations of a kernel, and what they say of presence conditions."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from operator import eq, ge, gt, le, lt, ne
from typing import Final

from analyzer.core.errors import UserError

_LINE: Final = re.compile(r"^(CONFIG_\w+)=(.*)$", re.MULTILINE)
_TOKEN: Final = re.compile(r"\s*(\w+|&&|\|\||[<>=!]=|[<>!()])")
_ALWAYS: Final = "CONFIG_CC_VERSION_TEXT"
"""It depends on nothing, so that every .config has it."""
_NUMBER: Final = re.compile(r"(0[xX][0-9a-fA-F]+|\d+)[uUlL]*\Z")
_COMPARE: Final = {"==": eq, "!=": ne, "<": lt, ">": gt, "<=": le, ">=": ge}


@dataclass(frozen=True, slots=True)
class Kconfig:
    """The values of a .config by symbol; a symbol without one is not set. `name` is how reports
    call it.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    name: str = ".config"

    @classmethod
    def parse(cls, text: str) -> "Kconfig":
        """What the text of a .config sets."""
        return cls(dict(_LINE.findall(text)))

    @classmethod
    def read(cls, text: str, path: str, name: str = ".config") -> "Kconfig":
        """What the text of a whole .config sets, which is at `path`. Raises UserError for any other
        text, for there symbols would be taken for not set.
        """
        found = cls.parse(text)
        if found.values.keys() >= {_ALWAYS}:
            return replace(found, name=name)
        what = "leaves out symbols" if found.values else "sets no symbol"
        raise UserError(
            f"{path}: not a whole .config: it {what}, {_ALWAYS} at least",
            "name the .config of a build: a defconfig or a fragment leaves out what is default",
        )

    def holds(self, condition: str) -> bool | None:
        """Whether a presence condition holds; None if that is not decided by the configuration.

        A name that is no symbol of it may be anything. So may a module: `defined()` is false for
        it, IS_ENABLED() is true, and a condition does not tell them apart.
        """
        tokens = _TOKEN.findall(condition)
        if "".join(tokens) != re.sub(r"\s+", "", condition):
            return None
        reader = _Reader(self, tokens)
        value = reader.either()
        return value if reader.at == len(tokens) else None

    def number(self, name: str) -> int | None:
        """The value of a symbol or of a number, as the preprocessor takes it."""
        digits = _NUMBER.match(name)
        if digits:
            return int(digits[1], 16 if digits[1][:2] in ("0x", "0X") else 10)
        if not name.startswith("CONFIG_"):
            return None
        value = self.values.get(name)
        if value is None and name.endswith("_MODULE"):
            return int(self.values.get(name.removesuffix("_MODULE")) == "m")
        known = {None: 0, "n": 0, "y": 1, "m": None}
        return known[value] if value in known else self._literal(str(value))

    def _literal(self, value: str) -> int | None:
        digits = _NUMBER.match(value)
        return self.number(value) if digits else None


class _Reader:
    """Reads the tokens of a condition, in three values."""

    def __init__(self, config: Kconfig, tokens: list[str]) -> None:
        self._config = config
        self._tokens = tokens
        self.at = 0

    def either(self) -> bool | None:
        """Parts of which one holds."""
        value = self._both()
        while self._next("||"):
            other = self._both()
            value = True if True in (value, other) else None if None in (value, other) else False
        return value

    def _both(self) -> bool | None:
        value = self._one()
        while self._next("&&"):
            other = self._one()
            value = False if False in (value, other) else None if None in (value, other) else True
        return value

    def _one(self) -> bool | None:
        if self._next("!"):
            value = self._one()
            return None if value is None else not value
        if self._next("("):
            value = self.either()
            return value if self._next(")") else None
        left = self._number()
        for sign, compare in _COMPARE.items():
            if self._next(sign):
                right = self._number()
                return None if left is None or right is None else compare(left, right)
        return None if left is None else left != 0

    def _number(self) -> int | None:
        self.at += 1
        if self.at > len(self._tokens):
            return None
        return self._config.number(self._tokens[self.at - 1])

    def _next(self, token: str) -> bool:
        if self.at < len(self._tokens) and self._tokens[self.at] == token:
            self.at += 1
            return True
        return False
