"""Rules as SARIF reporting descriptors: what a viewer shows beside a result."""

from collections.abc import Iterable

import sarif_om

from analyzer.core import Level, RuleInfo
from analyzer.report.locations import uri
from analyzer.report.wording import camel, cut, headline, one_line, plain, sentence

PROJECT = "https://github.com/zaplint/zaplint"

_DESCRIPTION_LIMIT = 1024
_NAME_LIMIT = 255
_SEVERITY = {
    Level.ERROR: "error",
    Level.WARNING: "warning",
    Level.NOTE: "recommendation",
    Level.LEDGER: "recommendation",
}
_PRECISION = {
    Level.ERROR: "very-high",
    Level.WARNING: "high",
    Level.NOTE: "medium",
    Level.LEDGER: "medium",
}


def rule_descriptors(rules: Iterable[RuleInfo]) -> list[sarif_om.ReportingDescriptor]:
    """One descriptor per rule, in the order given."""
    return [_descriptor(rule) for rule in rules]


def rule_page(rule: str) -> str:
    """The address of the page of a rule."""
    return f"{PROJECT}/blob/main/rules/{uri(rule)}.toml"


def sarif_level(level: Level) -> str:
    """The level of a result in SARIF; what is only counted is a note where one must be named."""
    return Level.NOTE.value if level is Level.LEDGER else level.value


def _descriptor(rule: RuleInfo) -> sarif_om.ReportingDescriptor:
    what = one_line(plain(rule.what)) or rule.title
    properties: dict[str, object] = {
        "tags": [rule.family, "linux-kernel", "memory-management"],
        "precision": _PRECISION[rule.level],
        "problem.severity": _SEVERITY[rule.level],
        "code": rule.code,
    }
    if rule.kernel:
        properties["kernel"] = rule.kernel
    return sarif_om.ReportingDescriptor(
        id=rule.id,
        name=cut(camel(rule.id.partition("/")[2] or rule.id), _NAME_LIMIT),
        short_description=_text(cut(headline(plain(rule.title)), _DESCRIPTION_LIMIT)),
        full_description=_text(cut(sentence(what), _DESCRIPTION_LIMIT)),
        help=sarif_om.MultiformatMessageString(text=_help(rule), markdown=_help_markdown(rule)),
        help_uri=rule_page(rule.id),
        default_configuration=sarif_om.ReportingConfiguration(level=sarif_level(rule.level)),
        properties=properties,
    )


def _text(text: str) -> sarif_om.MultiformatMessageString:
    return sarif_om.MultiformatMessageString(text=text)


def _help(rule: RuleInfo) -> str:
    """The help without Markdown, for viewers that know none."""
    parts = [headline(plain(rule.title)), plain(rule.what)]
    parts += _titled("Why: ", plain(rule.why))
    parts += _titled("How to mend it: ", plain(rule.fix))
    parts += _titled("Wrong:\n", rule.bad.strip("\n"))
    parts += _titled("Right:\n", rule.good.strip("\n"))
    parts += _titled("Applies to Linux ", sentence(rule.kernel) if rule.kernel else "")
    parts += _titled("References:\n", "\n".join(f"- {item}" for item in rule.references))
    return "\n\n".join(part for part in parts if part)


def _help_markdown(rule: RuleInfo) -> str:
    parts = [f"**{headline(rule.title)}**", rule.what.strip()]
    parts += _titled("### Why\n\n", rule.why.strip())
    parts += _titled("### How to mend it\n\n", rule.fix.strip())
    parts += _titled("### Wrong\n\n", _fenced(rule.bad))
    parts += _titled("### Right\n\n", _fenced(rule.good))
    parts += _titled("Applies to Linux ", sentence(rule.kernel) if rule.kernel else "")
    parts += _titled("### References\n\n", "\n".join(f"- {item}" for item in rule.references))
    return "\n\n".join(part for part in parts if part)


def _titled(title: str, body: str) -> list[str]:
    return [f"{title}{body}"] if body else []


def _fenced(code: str) -> str:
    code = code.strip("\n")
    return f"```c\n{code}\n```" if code else ""
