"""What a page says at its top and links to: the project, the commit, the date, and lines on the project's host."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape

import codeorigin
from codeorigin.git.published import Published
from codeorigin.report.page import page
from codeorigin.text.literal_text import html_line

_AT = {"check": "of", "history": "up to"}


def today() -> str:
    """The date of today, in UTC."""
    return datetime.now(UTC).date().isoformat()


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the code on a page is from.

    ``commit`` is None outside of a repository, ``published`` where no host is known. ``paths`` has the paths at the
    commit of the files whose text is the same there, by the path that is displayed.
    """

    project: str
    date: str = field(default_factory=today)
    commit: str | None = None
    published: Published | None = None
    paths: Mapping[str, str] = field(default_factory=dict)

    def lines(self, markup: str, shown: str, first: int, last: int) -> str:
        """``markup``, as a link to lines of the file with the path ``shown`` if its host shows the same text."""
        path = self.paths.get(shown)
        return markup if path is None else self.lines_at(markup, self.commit, path, first, last)

    def lines_at(self, markup: str, commit: str | None, path: str, first: int, last: int) -> str:
        """``markup``, as a link to lines of the file ``path`` of a commit if its host is known."""
        if self.published is None or commit is None:
            return markup
        return _link(markup, self.published.lines(commit, path, first, last))

    def commit_name(self, commit: str) -> str:
        """The short name of a commit, as a link if its host is known."""
        name = f"<code>{escape(commit[:10])}</code>"
        return name if self.published is None else _link(name, self.published.commit(commit))


def _link(markup: str, address: str) -> str:
    return f'<a href="{escape(address)}" rel="noreferrer">{markup}</a>'


def report_page(
    what: str, origin: Origin, body: Iterable[str], model: str, *, version: str = codeorigin.__version__
) -> Iterator[str]:
    """Yield the lines of a page about a project; ``what`` is the command that made it."""
    title = f"{origin.project}: CodeOrigin {what} of {origin.date}"
    at = "" if origin.commit is None else f" {_AT[what]} commit {origin.commit_name(origin.commit)}"
    lead = f'<p class="what">CodeOrigin {escape(what)}{at} on <time>{escape(origin.date)}</time></p>'
    heading = f"<h1>{html_line(origin.project)}</h1>{lead}"
    return page(title, body, model, version=version, heading=heading)
