"""A badge for a history: the share of lines that commits added or rewrote in functions in band ``llm``."""

from typing import TextIO

from codeorigin.check.formats.badge import image
from codeorigin.history.formats.report import HistoryReport
from codeorigin.history.totals import Totals
from codeorigin.model.verdict import Band
from codeorigin.wording.histories import badge_message


def write(report: HistoryReport, stream: TextIO) -> None:
    """Write the image after reading all results."""
    totals = Totals()
    for result in report.results:
        totals.add(result)
    stream.write(image(badge_message(totals), some=totals.all.bands[Band.LLM] > 0))
