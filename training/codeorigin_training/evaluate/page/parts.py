"""Pieces of a plain page: sections, tables, marks. Every text is escaped here, and only here."""

from collections.abc import Sequence
from html import escape

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --ink: #1c2024; --soft: #5b6570; --line: #d5dae0; --page: #ffffff;
  --good: #2c7a4b; --bad: #b3372f; --shade: #f3f5f7; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --ink: #dde3ea; --soft: #97a3b0; --line: #39424c; --page: #14181d; --good: #6cc08b; --bad: #ef8a80;
    --shade: #1d232a; }}
}}
body {{ font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); margin: 2rem auto;
  max-width: 76rem; padding: 0 1.2rem; }}
h1 {{ font-size: 1.6rem; }}
h2 {{ font-size: 1.2rem; margin-top: 2.6rem; }}
h3 {{ font-size: 1rem; margin-top: 1.6rem; }}
p.note {{ color: var(--soft); max-width: 58rem; overflow-wrap: anywhere; }}
p.fine {{ color: var(--good); }}
div.problems {{ border-left: 3px solid var(--bad); padding: .2rem 1rem; background: var(--shade); }}
div.table {{ overflow-x: auto; margin: 1rem 0; }}
table {{ border-collapse: collapse; font-size: .85rem; font-variant-numeric: tabular-nums; }}
th, td {{ text-align: right; padding: .22rem .7rem; border-bottom: 1px solid var(--line); white-space: nowrap; }}
th {{ color: var(--soft); font-weight: 600; vertical-align: bottom; white-space: normal; }}
th:first-child, td:first-child {{ text-align: left; padding-left: 0; white-space: normal; min-width: 13rem; }}
.good {{ color: var(--good); }}
.bad {{ color: var(--bad); font-weight: 600; }}
div.plots {{ display: flex; flex-wrap: wrap; gap: 1.5rem; }}
figure {{ margin: 0; }}
figcaption {{ color: var(--soft); font-size: .85rem; }}
svg {{ max-width: 100%; height: auto; color: var(--ink); }}
svg text {{ fill: currentColor; }}
summary {{ cursor: pointer; color: var(--soft); }}
</style>
</head>
<body>
{body}
</body>
</html>
"""


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def section(title: str, *parts: str) -> str:
    """A heading and what stands below it; ``parts`` are HTML."""
    return "\n".join([f"<section><h2>{escape(title)}</h2>", *parts, "</section>"])


def note(text: str) -> str:
    """A paragraph of explanation."""
    return f'<p class="note">{escape(text)}</p>'


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table; cells are plain text unless they are :class:`Markup`."""
    head = "".join(f"<th>{_cell(title)}</th>" for title in header)
    body = "".join("<tr>" + "".join(f"<td>{_cell(cell)}</td>" for cell in row) + "</tr>\n" for row in rows)
    return f'<div class="table"><table><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table></div>'


def flag(good: bool, yes: str, no: str) -> Markup:
    """``yes`` in the colour of what is good, or ``no`` in that of what is not."""
    return Markup(f'<span class="{"good" if good else "bad"}">{escape(yes if good else no)}</span>')


def _cell(text: str) -> str:
    return text if isinstance(text, Markup) else escape(text)
