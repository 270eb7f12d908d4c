"""What is not to be reported, though it was found: by comments, a baseline, a configuration.

The verdicts are given when this begins, and stay. Texts come in and values go out: nothing here
reads a file.
"""

from analyzer.triage.allowances import Slip, understood
from analyzer.triage.baseline import Baseline, read_baseline, write_baseline
from analyzer.triage.config import Config, read_config
from analyzer.triage.names import Judged, Names, is_under
from analyzer.triage.settle import Desk, heard, settled

__all__ = [
    "Baseline",
    "Config",
    "Desk",
    "Judged",
    "Names",
    "Slip",
    "heard",
    "is_under",
    "read_baseline",
    "read_config",
    "settled",
    "understood",
    "write_baseline",
]
