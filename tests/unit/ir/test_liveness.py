"""Which locals die where."""

from analyzer.ir import (
    Address,
    Block,
    Branch,
    Call,
    Event,
    Function,
    Jump,
    Result,
    Return,
    Terminator,
    Variable,
    VariableKind,
    Write,
)
from analyzer.ir.liveness import dying, successors

X = Variable("x", VariableKind.LOCAL)
Y = Variable("y", VariableKind.LOCAL)
G = Variable("g", VariableKind.GLOBAL)


def function(*blocks: tuple[list[Event], Terminator]) -> Function:
    """A function of these blocks."""
    made = tuple(Block(tuple(events), end) for events, end in blocks)
    return Function("f", "a.c", 0, 0, (), "int", made, (), "", ())


def call(number: int, *args: Variable | Address) -> Call:
    """A call of `g`."""
    return Call(number, G, args, 0, 0)


def test_a_local_dies_where_nothing_reads_it_any_more() -> None:
    found = dying(
        function(
            ([Write(X, G, 0, 0), Write(Y, G, 0, 0)], Branch(X, 1, 2, 0, 0)),
            ([], Return(Y, 0, 0)),
            ([], Return(None, 0, 0)),
        )
    )
    assert [set(each) for each in found] == [set(), {"x"}, {"x", "y"}]


def test_a_local_whose_address_is_taken_never_dies() -> None:
    found = dying(
        function(
            ([Write(X, G, 0, 0), call(1, Address(X))], Jump(1)),
            ([], Return(None, 0, 0)),
        )
    )
    assert found[1] == {1}


def test_a_result_lives_until_it_is_read() -> None:
    found = dying(
        function(
            ([call(1)], Jump(1)),
            ([], Branch(Result(1), 2, 2, 0, 0)),
            ([], Return(None, 0, 0)),
        )
    )
    assert [set(each) for each in found] == [set(), set(), {1}]


def test_what_the_next_round_reads_lives_round_the_loop() -> None:
    found = dying(
        function(
            ([Write(X, G, 0, 0)], Jump(1)),
            ([call(1, X)], Branch(G, 2, 3, 0, 0)),
            ([], Jump(1)),
            ([], Return(None, 0, 0)),
        )
    )
    assert "x" not in found[2]
    assert "x" in found[3]


def test_successors_of_the_end_are_none() -> None:
    assert successors(function(([], Return(None, 0, 0))), 0) == ()
