"""What is proved in a tree, and which proofs fall without their evidence."""

import gc
from collections.abc import Callable, Sequence
from typing import Final, TypeVar, cast

from analyzer.core import Deletion, Problem, ProblemKind, Proofs, Trial, Verdict
from analyzer.inspect.mutate import Trials
from analyzer.inspect.recorded import RecordedRun
from analyzer.inspect.releases import Releases
from analyzer.outcome import problems_of
from analyzer.pipeline import Request
from analyzer.summary import LostWorker, run_tasks

Item = TypeVar("Item")
Result = TypeVar("Result")

EVIDENCE: Final = "evidence"
RELEASES: Final = "releases"

_SWEPT: Final = 25
"""After so many edits what is left of their worlds is collected."""


def proofs_of(request: Request, delete: str = "") -> Proofs:
    """The proved obligations of a tree; with `delete` what becomes of them without their evidence,
    or of the rules' verdicts without each call that gives a lock back.

    Raises UserError for what the user can mend.
    """
    run, rules = RecordedRun.of(request)
    run.judge(request)
    proved = [
        (number, each)
        for number, judged in run.judged.items()
        for each in judged
        if each.verdict is Verdict.PROVED
    ]
    trials: list[Trial] = []
    deletions: list[Deletion] = []
    lost: list[Problem] = []
    if delete:
        gc.freeze()  # What was read and found stays; edits alone make garbage.
    if delete == EVIDENCE:
        each_proof = Trials(run)
        trials, lost = _each(request, proved, lambda each: each_proof.trial(*each))
    elif delete == RELEASES:
        releases = Releases(run)
        deletions, lost = _each(request, releases.spots, releases.deletion)
    gc.unfreeze()
    found = dict.fromkeys(sorted((each for _, each in proved), key=lambda each: each.order))
    tried = {each.obligation: each for each in trials}
    return Proofs(
        rules,
        tuple(found),
        tuple(tried[each] for each in found if each in tried),
        tuple(deletions),
        tuple(sorted((*problems_of(run.world), *lost))),
    )


def _each(
    request: Request, items: Sequence[Item], judge: Callable[[Item], Result]
) -> tuple[list[Result], list[Problem]]:
    """What becomes of each item, and what was lost with a worker."""

    def work(at: int) -> Result:
        if at % _SWEPT == 0:
            gc.collect()
        return judge(items[at])

    def progress(done: int) -> None:
        request.progress("deleting", done, len(items))

    try:
        return run_tasks(work, len(items), request.jobs, progress), []
    except LostWorker as lost:
        # What was done are results of `judge`; a worker's answers come back as objects.
        done = cast(dict[int, Result], lost.done)
        text = f"a worker was lost; {len(lost.missing)} deletions were not judged"
        problem = Problem.of(ProblemKind.LOST_WORKER, request.root.name, 0, text)
        return [done[at] for at in sorted(done)], [problem]
