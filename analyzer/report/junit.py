"""A run as JUnit XML: a suite for each rule, a failure for each finding, an error for what was
lost.
"""

from collections.abc import Sequence
from xml.etree import ElementTree

from analyzer.core import Obligation, Report, RuleInfo
from analyzer.report.findings import findings, lost
from analyzer.report.steps import step_lines, unquoted
from analyzer.report.styled import plain, visible
from analyzer.report.wording import counted, one_line, well_formed


def render_junit(report: Report) -> bytes:
    """The document, in UTF-8. A rule without a finding is one test that passed, so that it is seen
    to have been asked.
    """
    root = ElementTree.Element("testsuites", name="zaplint")
    found, gone = findings(report), lost(report)
    root.set("tests", str(len(gone) + sum(_n_tests(rule, found) for rule in report.rules)))
    root.set("failures", str(len(found)))
    root.set("errors", str(len(gone)))
    for rule in report.rules:
        proved = next((each.n_proved for each in report.counts if each.rule == rule.id), 0)
        _suite(root, rule, [each for each in found if each.rule == rule.id], proved)
    if gone:
        count = str(len(gone))
        suite = _element(root, "testsuite", name="zaplint", tests=count, errors=count)
        for problem in gone:
            case = _element(suite, "testcase", classname="zaplint", name=problem.path or "run")
            _element(case, "error", type=str(problem.kind), message=one_line(problem.text))
    ElementTree.indent(root)
    data: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return data + b"\n"


def _n_tests(rule: RuleInfo, found: Sequence[Obligation]) -> int:
    return max(1, sum(1 for each in found if each.rule == rule.id))


def _suite(
    root: ElementTree.Element, rule: RuleInfo, found: Sequence[Obligation], n_proved: int
) -> None:
    n_tests, n_failed = str(max(1, len(found))), str(len(found))
    suite = _element(root, "testsuite", name=rule.id, tests=n_tests, failures=n_failed, errors="0")
    for each in found:
        place = each.location
        case = _element(suite, "testcase", classname=rule.id, name=_name(each))
        case.set("file", well_formed(visible(place.path)))
        case.set("line", str(place.line))
        failure = _element(case, "failure", type=each.level.value, message=one_line(each.message))
        failure.text = well_formed(_path(each))
    if not found:
        name = f"{counted(n_proved, 'site')} proved"
        _element(suite, "testcase", classname=rule.id, name=name)


def _name(each: Obligation) -> str:
    return f"{each.function}() at {each.location.path}:{each.location.line}"


def _path(each: Obligation) -> str:
    """The path of a finding, a line a step."""
    within = (each.location.path, each.function)
    lines = step_lines((*each.path, *each.evidence), unquoted, within, 0)
    return "\n".join(["", *(plain(line) for line in lines), ""])


def _element(parent: ElementTree.Element, tag: str, /, **attributes: str) -> ElementTree.Element:
    made = ElementTree.SubElement(parent, tag)
    for key, value in attributes.items():
        made.set(key, well_formed(visible(value)))
    return made
