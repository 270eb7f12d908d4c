"""An obligation, of which tests make others."""

from analyzer.core import Level, Location, Obligation, Verdict

PLAIN = Obligation(
    rule="zap/one",
    clause=0,
    location=Location("mm/a.c", 9, 2, 9, 8),
    function="f",
    subject="s",
    verdict=Verdict.OPEN,
    level=Level.ERROR,
    message="m",
)
