"""Small rules of wording that the formats share."""

import re


def one_line(text: str) -> str:
    """`text` with its white space folded."""
    return " ".join(text.split())


def sentence(text: str) -> str:
    """`text` on one line with a period at its end, unless it ends in one or in another mark."""
    text = one_line(text)
    return text if text.endswith((".", "!", "?")) else f"{text}."


def headline(text: str) -> str:
    """`text` as a sentence that starts with a capital letter."""
    text = sentence(text)
    return text[:1].upper() + text[1:]


def counted(number: int, noun: str) -> str:
    """A number with its noun: 1 error, 2 errors, 1,200 functions."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def cut(text: str, size: int) -> str:
    """`text`, cut at a word to at most `size` characters, with an ellipsis for the rest."""
    if len(text) <= size:
        return text
    head = text[: size - 1]
    return f"{head.rsplit(' ', 1)[0] or head}…"


def camel(name: str) -> str:
    """A name in words joined by hyphens in camel case: drop-marker as DropMarker."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", name))


def plain(markdown: str) -> str:
    """Prose in Markdown without its marks: code spans, emphasis and links lose their signs."""
    text = re.sub(r"\[([^\]]+)\]\(([^)\s]+)\)", r"\1 (\2)", markdown)
    text = re.sub(r"`([^`\n]+)`", r"\1", text)
    return re.sub(r"(?<![\w*])\*{1,2}([^*\n]+)\*{1,2}(?![\w*])", r"\1", text).strip()


def well_formed(text: str) -> str:
    """`text` with a sign in place of bytes of file names that are no UTF-8."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
