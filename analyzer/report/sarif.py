"""SARIF 2.1.0 for code scanning: equal bytes for equal reports, no clock, no absolute path."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import sarif_om

from analyzer.core import BugError, Means, Obligation, Report, Use, identities
from analyzer.report.canonical import dump_log
from analyzer.report.findings import by_gravity, is_finding
from analyzer.report.lines import Sources
from analyzer.report.locations import ROOT, repository_uri
from analyzer.report.notifications import invocation, notification_descriptors
from analyzer.report.results import MOST_EVIDENCE, MOST_STEPS, Told, result
from analyzer.report.rules_metadata import PROJECT, rule_descriptors
from analyzer.report.wording import counted

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
    `most` results are kept, the gravest.
    """

    ledger: bool = False
    category: str = ""
    suppressed: bool = True
    most: int = MOST_RESULTS


class _Shown(NamedTuple):
    """The results of a log, and how many are not in it: too many, or suppressed."""

    results: list[sarif_om.Result]
    n_cut: int
    n_suppressed: int


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
    return dump_log(log_of(sarif_run(report, version, Sources(read), options)))


def log_of(run: sarif_om.Run) -> sarif_om.SarifLog:
    """The log of one run."""
    return sarif_om.SarifLog(version="2.1.0", schema_uri=_SCHEMA, runs=[run])


def sarif_run(
    report: Report, version: str, sources: Sources, options: SarifOptions
) -> sarif_om.Run:
    """A report as a run, before it is written."""
    rule_indices = {rule.id: index for index, rule in enumerate(report.rules)}
    shown = _shown(report, rule_indices, sources, options)
    category = options.category or f"zaplint/linux-{report.release}"
    return sarif_om.Run(
        tool=sarif_om.Tool(driver=_driver(report, version)),
        automation_details=sarif_om.RunAutomationDetails(id=f"{category.rstrip('/')}/"),
        column_kind="utf16CodeUnits",
        default_source_language="c",
        invocations=[invocation(report, rule_indices, list(_cuts(shown)))],
        original_uri_base_ids={
            ROOT: sarif_om.ArtifactLocation(
                description=sarif_om.Message(text="The root of the analysed kernel tree.")
            )
        },
        version_control_provenance=_provenance(report),
        results=shown.results,
        properties=_properties(report, shown),
    )


def _shown(
    report: Report, rule_indices: dict[str, int], sources: Sources, options: SarifOptions
) -> _Shown:
    """The gravest results, in the order of the report."""
    chosen = _chosen(report.obligations, options)
    told = Told.of(report.triage)
    kept = sorted(by_gravity([item for item, _ in chosen])[: options.most])
    results = [
        result(item, _index(rule_indices, item), identity, sources, told)
        for item, identity in (chosen[at] for at in kept)
    ]
    silent = () if options.suppressed else report.obligations
    n_suppressed = sum(item.suppression is not None for item in silent)
    return _Shown(results, len(chosen) - len(kept), n_suppressed)


def _cuts(shown: _Shown) -> Iterator[str]:
    """What was left out, in words."""
    if shown.n_cut:
        yield f"{counted(shown.n_cut, 'result')} left out, the gravest are kept"
    if shown.n_suppressed:
        yield f"{counted(shown.n_suppressed, 'result')} left out as suppressed"
    bags = [made.properties or {} for made in shown.results]
    n_paths = sum("steps" in bag for bag in bags)
    if n_paths:
        yield f"the path of {counted(n_paths, 'result')} is cut to {MOST_STEPS:,} steps"
    n_related = sum("evidence" in bag for bag in bags)
    if n_related:
        yield f"the evidence of {counted(n_related, 'result')} is cut to {MOST_EVIDENCE} places"


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


def _properties(report: Report, shown: _Shown) -> dict[str, object]:
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
        "results": {"shown": len(shown.results), "cut": shown.n_cut},
        **_triage(report),
    }


def _triage(report: Report) -> dict[str, object]:
    """What was said of the findings: how many are suppressed by which means, which configuration,
    which baseline and which build were heard.
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
    if triage.build is not None:
        build = triage.build
        files = {"kconfig": build.kconfig, "compileCommands": build.compiled}
        counts = {"files": build.n_files} if build.compiled else {}
        given["build"] = {**{key: name for key, name in files.items() if name}, **counts}
    return given
