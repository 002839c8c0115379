"""What a user may expect of verdicts, for the README and the first lines of the page on quality."""

from collections.abc import Mapping
from typing import Any

from codeorigin.languages import LANGUAGES
from codeorigin_training.report.cells import percent, share_cell
from codeorigin_training.report.document import Table
from codeorigin_training.report.separation import POPULATIONS

_ERAS = ("old", "modern")


def flagged_found_open(metrics: Mapping[str, Any]) -> str:
    """What a user may expect of functions in their files, or by their own text without a rule for these."""
    verdicts = list(_ways(metrics).values())[-1]

    def of(total: int, share: float) -> str:
        return f"{total * share:.0f}"

    flagged = sorted(verdicts[f"false_positive_rate_{era}"]["share"] for era in _ERAS)
    found, missed = (verdicts[name]["share"] for name in ("true_positive_rate", "llm_called_human"))
    return (
        f"Of 1,000 human-written functions {of(1000, flagged[0])} to {of(1000, flagged[1])} are flagged; of 100 "
        f"LLM-written ones {of(100, found)} are found and {of(100, 1 - found - missed)} stay open. Nothing is promised."
    )


def readme_table(metrics: Mapping[str, Any]) -> Table:
    """One row for each way to judge a function: what happens to human-written and to LLM-written ones."""
    rows = []
    for way, verdicts in _ways(metrics).items():
        flagged = sorted(verdicts[f"false_positive_rate_{era}"]["share"] for era in _ERAS)
        found, missed = (verdicts[name]["share"] for name in ("true_positive_rate", "llm_called_human"))
        rows.append(
            (
                way,
                f"{100 * flagged[0]:.1f} to {percent(flagged[1])}",
                *(percent(share, 0) for share in (found, 1 - found - missed, missed)),
            )
        )
    return Table(("", "human-written: flagged", "LLM-written: found", "unsure", "called human"), rows)


def language_table(metrics: Mapping[str, Any]) -> Table:
    """What is found, wrongly flagged and unsure, by language, of functions in their files where there is such a rule."""
    every = metrics["false_positives"]
    figures = every.get("in_file", every["by_text"])
    cells = {(cell["population"], cell["language"]): cell for cell in figures["cells"]}
    llm = {"found": figures["found"], "unsure": figures.get("open")}
    llm = {title: shares for title, shares in llm.items() if shares is not None}
    eras = [era for era in _ERAS if (era, "all") in cells]
    names = {language.model_language: language.name for language in reversed(list(LANGUAGES.values()))} | {
        "all": "all"
    }
    return Table(
        (
            "",
            *(f"LLM-written: {title}" for title in llm),
            *(f"human, {POPULATIONS[era]}: flagged" for era in eras),
        ),
        [
            (
                names[language],
                *(share_cell(shares.get(language)) for shares in llm.values()),
                *(share_cell(cells.get((era, language))) for era in eras),
            )
            for language in sorted(
                {language for _, language in cells} | {*figures["found"]},
                key=lambda figure: (figure != "all", names[figure]),
            )
        ],
    )


def _ways(metrics: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Shares of verdicts by how functions are judged, the usual way last."""
    ways = {"each function by its own text": metrics["verdicts"]}
    if metrics.get("in_files") is not None:
        ways["in its file, as in an editor"] = metrics["in_files"]["as_they_are"]["verdicts"]
    return ways
