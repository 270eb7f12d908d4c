"""What a run gives, written for people (text) and for machines (SARIF).

A report holds everything that is printed; a format adds nothing and asks nobody, but for the source
lines that SARIF hashes. sarif_om is imported here and nowhere else.
"""

from analyzer.report.findings import findings, has_finding, is_finding
from analyzer.report.output import write_atomically
from analyzer.report.sarif import SarifOptions, render_sarif
from analyzer.report.text import TextOptions, render_text, text_lines

__all__ = [
    "SarifOptions",
    "TextOptions",
    "findings",
    "has_finding",
    "is_finding",
    "render_sarif",
    "render_text",
    "text_lines",
    "write_atomically",
]
