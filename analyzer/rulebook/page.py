"""The documentation of the rules, made from their files: one page a rule, and the table of all."""

from collections.abc import Iterable

from analyzer.checkers.scope import Exemption
from analyzer.core import ReleaseRange
from analyzer.rulebook.model import Rule

_README = """# Rules

{n} rules in {families} families. Each is one file, `<family>/<name>.toml`, and `<family>/<name>`
is its id. `WRITING.md` says how to write one; `models/` holds what the rules and the analysis know
of the kernel's API.

This file is generated from the rules; change them, not it.

{table}
"""


def page(rule: Rule) -> str:
    """The page of one rule, in Markdown."""
    info = rule.info
    parts = [
        f"# {info.id}: {info.title}",
        f"{_code(rule)}{info.level.value} · {_applies(rule)}",
        _section("What it finds", info.what),
        _section("Why it matters", info.why),
        _section("Wrong", _c(info.bad)),
        _section("Right", _c(info.good)),
        _section("How to fix it", info.fix),
        _section("Sites", _sites(rule)),
        _section("Exceptions", _exceptions(rule)),
        _section("References", "\n".join(f"- {_link(one)}" for one in info.references)),
        _section("The rule", f"From `{info.id}.toml`:\n\n```toml\n{rule.text}\n```"),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def table(rules: Iterable[Rule]) -> str:
    """The table of the rules, in Markdown, sorted by id: id, code, level, releases and title."""
    rows = ["| rule | code | level | applies to | finds code that |", "|---|---|---|---|---|"]
    for rule in sorted(rules, key=lambda rule: rule.id):
        info = rule.info
        link = f"[{info.id}]({info.id}.toml)"
        title = info.title.replace("|", "\\|") + (" (preview)" if rule.preview else "")
        rows.append(f"| {link} | {info.code} | {info.level.value} | {_applies(rule)} | {title} |")
    return "\n".join(rows)


def readme(rules: Iterable[Rule]) -> str:
    """The text of `rules/README.md`."""
    rules = tuple(rules)
    families = len({rule.info.family for rule in rules})
    return _README.format(n=len(rules), families=families, table=table(rules))


def _code(rule: Rule) -> str:
    stage = "preview: runs only if it is named · " if rule.preview else ""
    return (f"{rule.info.code} · " if rule.info.code else "") + stage


def _applies(rule: Rule) -> str:
    """The trees that a rule applies to, in words."""
    scope = rule.scope
    parts = [_releases(scope.kernel)]
    if scope.declares:
        parts.append("with " + ", ".join(f"`{name}`" for name in scope.declares))
    if scope.lacks:
        parts.append("without " + ", ".join(f"`{name}`" for name in scope.lacks))
    return " ".join(parts)


def _releases(releases: ReleaseRange) -> str:
    return f"Linux {releases}" if releases.bounds else "every release"


def _section(title: str, text: str) -> str:
    return f"## {title}\n\n{text}" if text else ""


def _c(text: str) -> str:
    return f"```c\n{text}\n```" if text else ""


def _sites(rule: Rule) -> str:
    parts = [rule.census] if rule.census else []
    if rule.scope.files:
        parts.append("It looks in " + ", ".join(f"`{glob}`" for glob in rule.scope.files) + ".")
    for releases, minimum in rule.expect_sites:
        where = f" of {_releases(releases)}" if releases.bounds else ""
        parts.append(f"A whole tree{where} has at least {minimum}.")
    return "\n".join(parts)


def _exceptions(rule: Rule) -> str:
    found: dict[Exemption, list[int]] = {}
    for number, clause in enumerate(rule.clauses, 1):
        for exemption in clause.common.exemptions:
            found.setdefault(exemption, []).append(number)
    return "\n".join(_exception(one, numbers) for one, numbers in found.items())


def _exception(exemption: Exemption, numbers: list[int]) -> str:
    of = "clause" if len(numbers) == 1 else "clauses"
    releases = f", {_releases(exemption.kernel)}" if exemption.kernel.bounds else ""
    listed = ", ".join(map(str, numbers))
    where = f"{of} {listed}{releases}; {exemption.verdict}"
    return f"- `{exemption.function}` ({where}): {exemption.reason}."


def _link(reference: str) -> str:
    return f"<{reference}>" if reference.startswith("https://") else reference
