"""SARIF for GitHub's code scanning: what it takes, and nothing that it would refuse.

The limits are those of GitHub's page "SARIF support for code scanning". What is beyond a hard one
makes it refuse the whole file, what is beyond a soft one it drops by itself, so that both are kept.
One location a result, one code flow and one run are what zaplint always writes.
"""

import gzip
from collections.abc import Callable, Mapping
from typing import Final

import sarif_om

from analyzer.core import Level, Report, RuleInfo
from analyzer.report.canonical import dump_log
from analyzer.report.lines import Sources
from analyzer.report.notifications import cut_notification
from analyzer.report.sarif import MOST_RESULTS, SarifOptions, log_of, sarif_run
from analyzer.report.wording import counted

MOST_BYTES: Final = 10_000_000
"""Of the file, as gzip leaves it: upload-sarif compresses what it sends."""

MOST_RULES: Final = 25_000

_SECURITY_SEVERITY: Final = {
    Level.ERROR: "8.0",
    Level.WARNING: "5.0",
    Level.NOTE: "2.0",
    Level.LEDGER: "2.0",
}
"""Shown as high, medium and low. As text, because GitHub refuses a number."""


def render_github(
    report: Report,
    version: str,
    read: Callable[[str], bytes],
    category: str = "",
    most_bytes: int = MOST_BYTES,
) -> bytes:
    """The log of the findings that are not suppressed, the gravest if there are too many.

    `read` is as for `render_sarif`. A log of more than `most_bytes` is made again with fewer
    results.
    """
    sources = Sources(read)
    most = MOST_RESULTS
    while True:
        options = SarifOptions(category=category, suppressed=False, most=most)
        run = sarif_run(report, version, sources, options)
        _keep_to_limits(run, report.rules)
        data = dump_log(log_of(run))
        size = len(gzip.compress(data, mtime=0))
        if size <= most_bytes or not run.results:
            return data
        most = len(run.results) * most_bytes // size * 9 // 10


def _keep_to_limits(run: sarif_om.Run, rules: tuple[RuleInfo, ...]) -> None:
    described = list(run.tool.driver.rules or ())
    for descriptor, rule in zip(described, rules, strict=True):
        _describe(descriptor, rule)
    if len(described) > MOST_RULES:
        _drop_rules(run, described)
        text = f"{counted(len(described) - MOST_RULES, 'rule')} without a result left out"
        for invocation in run.invocations or ():
            said = invocation.tool_execution_notifications or []
            invocation.tool_execution_notifications = [*said, cut_notification(text)]


def _describe(descriptor: sarif_om.ReportingDescriptor, rule: RuleInfo) -> None:
    """Adds what GitHub alone reads."""
    given: Mapping[str, object] = descriptor.properties or {}
    tags = given.get("tags")
    descriptor.properties = {
        **given,
        "tags": ["security", *(tags if isinstance(tags, list) else ())],
        "security-severity": _SECURITY_SEVERITY[rule.level],
    }


def _drop_rules(run: sarif_om.Run, described: list[sarif_om.ReportingDescriptor]) -> None:
    """Keeps the rules that have a result, and of the others the first."""
    used = {made.rule_index for made in run.results or ()}
    rest = (at for at in range(len(described)) if at not in used)
    spare = MOST_RULES - len(used)
    kept = sorted({*used, *(at for at, _ in zip(rest, range(spare), strict=False))})
    indices = {before: after for after, before in enumerate(kept)}
    run.tool.driver.rules = [described[at] for at in kept]
    for made in run.results or ():
        made.rule_index = indices[made.rule_index]
    for invocation in run.invocations or ():
        for said in invocation.tool_configuration_notifications or ():
            if said.associated_rule is not None:
                index = indices.get(said.associated_rule.index)
                said.associated_rule = (
                    None
                    if index is None
                    else sarif_om.ReportingDescriptorReference(
                        id=said.associated_rule.id, index=index
                    )
                )
