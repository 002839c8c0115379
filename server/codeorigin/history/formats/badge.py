"""A badge for a history: the share of lines that commits added or rewrote in functions in band ``llm``."""

from codeorigin.check.formats.badge import image
from codeorigin.history.formats.writer import HistoryWriter
from codeorigin.history.totals import Totals
from codeorigin.history.wording import badge_message
from codeorigin.model.verdict import Band


class BadgeWriter(HistoryWriter):
    """Writes the image."""

    def finish(self, totals: Totals) -> None:
        """Write the image."""
        self.stream.write(image(badge_message(totals), some=totals.all.bands[Band.LLM] > 0))
