"""The declared share over time beside the estimated one, as markup. The page's style has its colours."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from codeorigin.history.formats.charts import period_label
from codeorigin.history.totals import Share
from codeorigin.model.verdict import Band
from codeorigin.pages.parts import table
from codeorigin.text.literal_text import html_line
from codeorigin.wording.figures import counted
from codeorigin.wording.histories import DECLARED_COLUMNS, agents_percent, declared_percents, percents

_LINES = {"declared": "declared as an agent's", "estimated": "estimated: in the band llm"}


def declared_chart(shown: Sequence[tuple[str, Share]]) -> str:
    """A chart with two lines over the periods: the share declared as agents', and the share in the band ``llm``."""
    legend = "".join(f'<span><i class="{name}"></i>{escape(what)}</span>' for name, what in _LINES.items())
    axis = "".join(
        f'<span style="top:{top}px">{text}</span>' for top, text in ((0, "100 %"), (79, "50 %"), (159, "0 %"))
    )
    lines = {
        "estimated": [share.share(Band.LLM) if share.lines else None for _, share in shown],
        "declared": [
            share.declared_lines.agents / share.lines if share.lines else None for _, share in shown
        ],
    }
    drawn = "".join(f'<path class="{name}" d="{_path(values)}"/>' for name, values in lines.items())
    cells = "".join(
        f'<div title="{escape(_described(name, share))}">{period_label(shown, number)}</div>'
        for number, (name, share) in enumerate(shown)
    )
    return (
        f'<p class="legend">{legend}</p><figure><div class="chart shares" role="img" '
        'aria-label="Share of code declared as an agent\'s, and share in band llm, over time">'
        f'<div class="axis">{axis}</div><div class="periods">'
        f'<svg viewBox="0 0 100 100" preserveAspectRatio="none">{drawn}</svg>{cells}</div></div></figure>'
    )


def _path(values: Sequence[float | None]) -> str:
    """A line through the middles of the periods, with a gap where there is nothing."""
    made, is_drawing = [], False
    for number, value in enumerate(values):
        if value is not None:
            x = 100 * (number + 0.5) / len(values)
            # Two moves to the same place draw nothing, a line of no length a dot.
            made.append(
                f"{'L' if is_drawing else 'M'}{x:.2f} {100 - 100 * value:.2f}{'' if is_drawing else 'h0'}"
            )
        is_drawing = value is not None
    return "".join(made)


def _described(name: str, share: Share) -> str:
    return (
        f"{name}: {counted(share.lines, 'line')}; declared as an agent's {agents_percent(share)}; "
        f"in band llm {percents(share)[Band.LLM]}"
    )


def declared_table(title: str, rows: Mapping[str, Share]) -> str:
    """What is declared by period, with the share in the band ``llm`` in the last column."""
    return table([title, "lines", *DECLARED_COLUMNS, "estimated llm"], _rows(rows))


def _rows(rows: Mapping[str, Share]) -> Iterator[list[str]]:
    for name, share in rows.items():
        yield [
            html_line(name) or "(top)",
            f"{share.lines:,}",
            *declared_percents(share),
            percents(share)[Band.LLM],
        ]
