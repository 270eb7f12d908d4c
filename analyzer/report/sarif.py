"""SARIF 2.1.0 for code scanning: equal bytes for equal reports, no clock, no absolute path."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sarif_om

from analyzer.core import BugError, Means, Obligation, Report, Use, identities
from analyzer.report.canonical import dump_log
from analyzer.report.findings import gravest, is_finding
from analyzer.report.lines import Sources
from analyzer.report.locations import ROOT, repository_uri
from analyzer.report.notifications import invocation, notification_descriptors
from analyzer.report.results import Told, result
from analyzer.report.rules_metadata import PROJECT, rule_descriptors

MOST_RESULTS = 5_000

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


@dataclass(frozen=True, slots=True)
class SarifOptions:
    """What to write.

    `ledger` adds the proved and the open obligations; `category` keeps uploads for one repository
    apart, as zaplint/linux-6.12, which is also what it is when it is not given. `suppressed` has
    the findings in it that are suppressed, marked as such; code scanning would show them as open.
    """

    ledger: bool = False
    category: str = ""
    suppressed: bool = True


def render_sarif(
    report: Report,
    version: str,
    read: Callable[[str], bytes],
    options: SarifOptions = SarifOptions(),
) -> bytes:
    """The log of one run. `version` is zaplint's own.

    `read` gives the bytes of a file of the tree by its path in the report, and raises OSError when
    it cannot.
    """
    log = sarif_om.SarifLog(
        version="2.1.0", schema_uri=_SCHEMA, runs=[_run(report, version, Sources(read), options)]
    )
    return dump_log(log)


def _run(report: Report, version: str, sources: Sources, options: SarifOptions) -> sarif_om.Run:
    rule_indices = {rule.id: index for index, rule in enumerate(report.rules)}
    chosen = _chosen(report.obligations, options)
    told = Told.of(report.triage)
    shown = [chosen[at] for at in gravest([item for item, _ in chosen], MOST_RESULTS)]
    category = options.category or f"zaplint/linux-{report.release}"
    return sarif_om.Run(
        tool=sarif_om.Tool(driver=_driver(report, version)),
        automation_details=sarif_om.RunAutomationDetails(id=f"{category.rstrip('/')}/"),
        column_kind="utf16CodeUnits",
        default_source_language="c",
        invocations=[invocation(report, rule_indices, len(chosen) - len(shown))],
        original_uri_base_ids={
            ROOT: sarif_om.ArtifactLocation(
                description=sarif_om.Message(text="The root of the analysed kernel tree.")
            )
        },
        version_control_provenance=_provenance(report),
        results=[
            result(obligation, _index(rule_indices, obligation), identity, sources, told)
            for obligation, identity in shown
        ],
        properties=_properties(report, len(shown), len(chosen)),
    )


def _driver(report: Report, version: str) -> sarif_om.ToolComponent:
    return sarif_om.ToolComponent(
        name="zaplint",
        version=version,
        semantic_version=version,
        information_uri=PROJECT,
        short_description=sarif_om.MultiformatMessageString(
            text="Checks the memory-management protocols of the Linux kernel from its source."
        ),
        rules=rule_descriptors(report.rules),
        notifications=notification_descriptors(report),
    )


def _index(rule_indices: dict[str, int], obligation: Obligation) -> int:
    if obligation.rule not in rule_indices:
        raise BugError(f"rule {obligation.rule} has an obligation and is not among the rules")
    return rule_indices[obligation.rule]


def _chosen(
    obligations: Sequence[Obligation], options: SarifOptions
) -> list[tuple[Obligation, str]]:
    """What is to be shown, with identities that count the obligations that are not, too."""
    named = zip(obligations, identities(obligations), strict=True)
    return [(item, identity) for item, identity in named if _is_chosen(item, options)]


def _is_chosen(item: Obligation, options: SarifOptions) -> bool:
    if item.suppression is not None:
        return options.suppressed
    return options.ledger or is_finding(item)


def _provenance(report: Report) -> list[sarif_om.VersionControlDetails] | None:
    address = repository_uri(report.repository)
    if not address or not report.revision:
        return None
    details = sarif_om.VersionControlDetails(
        repository_uri=address,
        revision_id=report.revision,
        branch=report.branch or None,
        mapped_to=sarif_om.ArtifactLocation(uri_base_id=ROOT),
    )
    return [details]


def _properties(report: Report, n_shown: int, n_chosen: int) -> dict[str, object]:
    """What the run counted: verdicts by rule, and how much was read."""
    coverage = report.coverage
    return {
        "release": str(report.release),
        "revision": report.revision,
        "files": coverage.n_files,
        "functions": {
            "all": coverage.n_functions,
            "read": coverage.n_read,
            "partly": coverage.n_partly,
            "unread": coverage.n_unread,
        },
        "obligations": {
            count.rule: {
                "proved": count.n_proved,
                "violated": count.n_violated,
                "open": count.n_open,
            }
            for count in report.counts
        },
        "results": {"shown": n_shown, "cut": n_chosen - n_shown},
        **_triage(report),
    }


def _triage(report: Report) -> dict[str, object]:
    """What was said of the findings: how many are suppressed by which means, which configuration
    and which baseline were heard.
    """
    triage = report.triage
    if not triage.in_use:
        return {}
    by = Counter(each.suppression.means for each in report.obligations if each.suppression)
    given: dict[str, object] = {"suppressed": {means.value: by[means] for means in Means}}
    if triage.config is not None:
        config = triage.config
        counts = {"levels": config.n_levels, "off": config.n_off}
        given["configuration"] = {"file": config.name, **counts}
    if triage.baseline is not None:
        lines = triage.baseline.lines
        n_gone = len(triage.baseline.of(Use.UNUSED))
        given["baseline"] = {"file": triage.baseline.name, "lines": len(lines), "gone": n_gone}
    return given
