"""A report with everything in it that a format can meet, over a tree of two small files."""

from dataclasses import replace

from analyzer.core import (
    Allowance,
    BaselineLine,
    BaselineUse,
    ConfigUse,
    Coverage,
    FunctionGap,
    Level,
    Location,
    Means,
    Obligation,
    Problem,
    ProblemKind,
    Release,
    Report,
    RuleCount,
    RuleInfo,
    Step,
    Suppression,
    Triage,
    Use,
    Verdict,
    identities,
)

PUNCH = """\
/* Punches holes. */
static void drop_range(struct range *range, bool even_cows)
{
\tstruct zap_details details = { };

\tif (even_cows)
\t\tdetails.zap_flags = ZAP_FLAG_DROP_MARKER;
\tzap_pages(range->vma,
\t\t  &details);
}

long punch_hole(struct file *file, int mode)
{
\tstruct range *range = range_of(file, mode);

\tdrop_range(range, true);
\trange->table[mode](1);
\treturn 0;
}
"""
LEAF = """\
#ifdef CONFIG_HOLES
void zap_pages(struct vma *vma, struct zap_details *details)
{
\tfolio_assert_locked(details->folio); /* näher 😀 */ zap_one(vma);
}
#endif
"""
TREE = {"mm/punch.c": PUNCH.encode(), "mm/blätter [1].c": LEAF.encode()}


def read(path: str) -> bytes:
    """A file of the tree of the example."""
    if path not in TREE:
        raise FileNotFoundError(path)
    return TREE[path]


def at(path: str, line: int, column: int, end_column: int, end_line: int = 0) -> Location:
    """A location, on one line unless another end is given."""
    return Location(path, line, column, end_line or line, end_column)


DROP = RuleInfo(
    id="zap/drop-marker-without-folio-lock",
    code="ZAP001",
    title="Markers are dropped without the folio lock",
    level=Level.ERROR,
    what="A caller zaps with `ZAP_FLAG_DROP_MARKER` while **no** folio lock is held.",
    why="A fault may put the marker back, and *the hole* keeps an entry.",
    fix="Hold the folio lock, or see [the list](https://lore.kernel.org/linux-mm/).",
    references=("https://lore.kernel.org/linux-mm/1@example.org/", "commit 999dad824c39"),
    kernel=">=5.19",
    bad="void drop_bad(struct vma *vma)\n{\n\tzap_pages(vma, &details);\n}\n",
    good="void drop_ok(struct vma *vma)\n{\n\tfolio_lock(folio);\n}\n",
)
PAIR = RuleInfo(
    id="notify/start-without-end",
    code="NOT001",
    title="A notifier range is started and not ended",
    level=Level.WARNING,
    what="What is started is ended on every path.",
    why="Secondary page tables wait for the end.",
    fix="End the range on the error path too.",
    references=(),
)
ORDER = RuleInfo(
    id="lock/order",
    code="LCK002",
    title="Locks nest in the documented order",
    level=Level.LEDGER,
    what="Locks nest in one order.",
    why="Two orders deadlock.",
    fix="Take the outer lock first.",
    references=(),
)

VIOLATION = Obligation(
    rule=DROP.id,
    clause=1,
    location=at("mm/punch.c", 8, 2, 13, end_line=9),
    function="drop_range",
    subject="zap_pages folio_lock(mapping)",
    verdict=Verdict.VIOLATED,
    level=Level.ERROR,
    message="drop_range() zaps range with ZAP_FLAG_DROP_MARKER and no folio lock",
    evidence=(
        Step(
            at("mm/blätter [1].c", 4, 2, 37),
            "zap_pages",
            "folio_assert_locked(details->folio) in table[0]",
        ),
    ),
    path=(
        Step(at("mm/punch.c", 12, 6, 16), "punch_hole", "punch_hole() is called from user space"),
        Step(at("mm/punch.c", 16, 2, 25), "punch_hole", "drop_range(range, true)"),
        Step(at("mm/punch.c", 7, 3, 44), "drop_range", "goes on when even_cows"),
        Step(at("mm/punch.c", 17, 2, 23), "punch_hole", "calls range->table[mode](1)"),
    ),
    condition="CONFIG_HOLES",
)
WARNING = Obligation(
    rule=PAIR.id,
    clause=1,
    location=at("mm/punch.c", 17, 2, 23),
    function="punch_hole",
    subject="range->table",
    verdict=Verdict.VIOLATED,
    level=Level.WARNING,
    message="punch_hole() starts range->table[mode](1) and returns without its end",
)
GONE = Obligation(
    rule=PAIR.id,
    clause=1,
    location=at("mm/gone.c", 3, 1, 5),
    function="gone",
    subject="range",
    verdict=Verdict.VIOLATED,
    level=Level.NOTE,
    message="gone() starts range and returns without its end.",
)
PROVED = Obligation(
    rule=DROP.id,
    clause=1,
    location=at("mm/blätter [1].c", 4, 54, 66),
    function="zap_pages",
    subject="zap_one folio_lock(mapping)",
    verdict=Verdict.PROVED,
    level=Level.ERROR,
    message="zap_pages() holds the folio lock of details->folio at zap_one()",
    evidence=(
        Step(at("mm/blätter [1].c", 4, 2, 37), "zap_pages", "folio_assert_locked(details->folio)"),
    ),
)
OPEN = Obligation(
    rule=PAIR.id,
    clause=2,
    location=at("mm/punch.c", 14, 9, 14),
    function="punch_hole",
    subject="range->end",
    verdict=Verdict.OPEN,
    level=Level.WARNING,
    message="punch_hole() starts range",
    reason="ops->end is called through a pointer that is set outside the tree",
)
COUNTED = Obligation(
    rule=ORDER.id,
    clause=1,
    location=at("mm/punch.c", 16, 2, 12),
    function="punch_hole",
    subject="mmap_lock folio_lock",
    verdict=Verdict.VIOLATED,
    level=Level.LEDGER,
    message="punch_hole() takes mmap_lock inside folio_lock",
)

PROBLEMS = (
    Problem.of(
        ProblemKind.SYNTAX,
        "mm/punch.c",
        17,
        "not parsed: macro BEGIN(); punch_hole() is not checked",
        "punch_hole",
    ),
    Problem.of(ProblemKind.IMPRECISE, "mm/punch.c", 12, "more than 32 states", "punch_hole"),
    Problem.of(ProblemKind.UNREADABLE, "mm/gone.c", 0, "cannot be read: permission denied"),
    Problem.of(ProblemKind.LOST_WORKER, "", 0, "a worker ended; 3 files were not analysed"),
    Problem.of(
        ProblemKind.NO_SITE, "/home/r.toml", 0, "rule lock/order: no site in this tree; expected 3"
    ),
    Problem.of(ProblemKind.MODEL, "", 0, "folio_lock() has two models for 6.12"),
)

WHOLE = Report(
    root="/home/someone/linux",
    release=Release(6, 12),
    rules=(ORDER, PAIR, DROP),
    skipped=(("old/rule", "it is for Linux <5.19, this is 6.12"),),
    obligations=tuple(
        sorted((VIOLATION, WARNING, GONE, PROVED, OPEN, COUNTED), key=lambda item: item.order)
    ),
    counts=(RuleCount(ORDER.id, 0, 1, 0), RuleCount(PAIR.id, 0, 2, 1), RuleCount(DROP.id, 1, 1, 0)),
    problems=(),
    coverage=Coverage(
        n_files=3,
        n_functions=1200,
        gaps=(
            FunctionGap("mm/gone.c", 3, "gone", "BEGIN()", True),
            FunctionGap("mm/punch.c", 12, "punch_hole", "END()", False),
        ),
    ),
    revision="0123456789abcdef0123456789abcdef01234567",
    repository="https://someone:secret@git.example.org/linux.git",
    branch="main",
)
"""Complete, with findings of every kind."""

TROUBLED = replace(WHOLE, problems=PROBLEMS)
"""The same with every kind of problem, and so incomplete."""

_IDENTITIES = dict(zip(WHOLE.obligations, identities(WHOLE.obligations), strict=True))
_ALLOWED = {
    VIOLATION: Suppression(Means.COMMENT, "mm/punch.c", 7, "the lock\tis not of [this] folio"),
    WARNING: Suppression(Means.BASELINE, "known", 3, ""),
}

TRIAGED = replace(
    WHOLE,
    obligations=tuple(
        replace(each, suppression=_ALLOWED.get(each))
        if each != GONE
        else replace(each, level=Level.WARNING, ruled=Level.NOTE)
        for each in WHOLE.obligations
    ),
    problems=(
        Problem.of(ProblemKind.ALLOWANCE, "mm/punch.c", 5, "this comment allows nothing: x; y"),
        Problem.of(ProblemKind.UNUSED, "mm/punch.c", 14, "nothing breaks lock/order; remove it"),
        Problem.of(ProblemKind.CONFIG, "zaplint.toml", 4, "nothing is called 'mn'"),
    ),
    triage=Triage(
        allowances=(
            Allowance("mm/punch.c", 7, DROP.id, "the lock is not of [this] folio", 8, 9, Use.USED),
            Allowance("mm/punch.c", 14, ORDER.id, "why", 15, 15, Use.UNUSED, "it is proved"),
            Allowance("mm/punch.c", 16, PAIR.id, "why", 17, 17, Use.OPEN, "the place is open"),
            Allowance("mm/x.h", 2, PAIR.id, "why", 3, 3, Use.UNJUDGED, "it was not asked for"),
        ),
        n_slips=1,
        baseline=BaselineUse(
            "known",
            (
                BaselineLine(
                    _IDENTITIES[WARNING], PAIR.id, "mm/punch.c", "punch_hole", "", 3, Use.USED
                ),
                BaselineLine("f" * 32, DROP.id, "mm/old.c", "old", "so", 4, Use.UNUSED, "gone"),
                BaselineLine("e" * 32, DROP.id, "mm/old.c", "", "so", 5, Use.OPEN, "open now"),
            ),
            frozenset({_IDENTITIES[WARNING]}),
        ),
        config=ConfigUse("zaplint.toml", 1, 0),
    ),
)
"""The same with all that can be said of findings."""

CLEAN = replace(
    WHOLE,
    obligations=(PROVED,),
    counts=(RuleCount(DROP.id, 1, 0, 0),),
    coverage=Coverage(n_files=1, n_functions=1, gaps=()),
)
"""Nothing found, everything read."""
