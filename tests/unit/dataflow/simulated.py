"""Functions given as text, simulated: what the arguments of `probe()` are on each path."""

from analyzer.dataflow import Analysis, Simulation, State
from analyzer.dataflow.occurrences import Called, Occurrence
from tests.probes.world import analyse, definitions

_HEAD = """// kernel: 6.12
typedef _Bool bool;
struct s { int a, b; struct s *next; };
int work(void);
void probe();
"""


class _Arguments:
    wants_uses = False

    def __init__(self) -> None:
        self.seen: dict[int, set[str]] = {}

    def observe(self, state: State, occurrence: Occurrence) -> None:
        if not isinstance(occurrence, Called) or occurrence.result is not None:
            return
        if occurrence.name == "probe":
            words = ", ".join(map(str, occurrence.args))
            self.seen.setdefault(occurrence.site, set()).add(words)


def analysis(text: str) -> Analysis:
    """The analysis of a file with this text."""
    return analyse(_HEAD + text)


def probed(text: str, function: str = "f") -> list[set[str]]:
    """For each `probe(...)` of a function, in order, its arguments in words, one entry a state."""
    made = analysis(text)
    arguments = _Arguments()

    def attach(_run: Simulation) -> _Arguments:
        return arguments

    made.simulate(definitions(made)[function], attach)
    return [arguments.seen[site] for site in sorted(arguments.seen)]


def run(text: str, function: str = "f") -> Simulation:
    """The fixed point of a function."""
    made = analysis(text)
    ref = definitions(made)[function]
    return Simulation(made.program.function(ref), made, None).run()
