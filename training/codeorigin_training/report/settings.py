"""Tables of figures by setting, from a bundle's manifest: where LLM code stands, who wrote it, how long it is."""

from collections.abc import Iterator, Mapping
from typing import Any

from codeorigin_training.metrics.settings import FEWEST_HUMAN, FEWEST_LLM
from codeorigin_training.report.cells import ranked, share_cell
from codeorigin_training.report.document import Block, Heading, Paragraph, Table
from codeorigin_training.report.human_code import WAYS

_TITLES = {"in_projects": "agents in people's projects", "built": "repositories that agents built"}
_SLICES = {"agents": "by {}", "evidence": "known by {}", "lengths": "{}"}
_EVIDENCE = {
    "A-author": "the commit's author",
    "B-trailer": "a trailer of the message",
    "trailer": "a trailer of the message, earlier rounds",
    "C-squash-author": "the author of a squashed pull request",
    "D-branch": "the name of a merged branch",
    "D-link": "a link to the agent's task",
    "N-lines": "a record of every line",
}
_WAYS = WAYS | {
    "by_text_and_past": "By its own text and the project's past",
    "in_file_and_past": "In its file, with the project's past",
}


def setting_sections(metrics: Mapping[str, Any]) -> list[Block]:
    """Empty for a bundle without such figures."""
    held_out, out_of_fold = (part.get("settings") for part in (metrics, metrics.get("out_of_fold") or {}))
    if held_out is None:
        return []
    blocks: list[Block] = [
        Heading("By setting"),
        Paragraph(
            "LLM functions against human functions of 2021-07 to 2022-11. *Agents in people's projects*: both from the "
            f"same projects, those with at least {FEWEST_LLM} functions by agents and {FEWEST_HUMAN} by people, all "
            "weighing the same. *Repositories that agents built* have no human code in the corpus. The other rows "
            "compare with the human code of all repositories, matched within language, test code and length. Cells: "
            "AUROC / found at 1 % false positives; *called* are LLM functions called `llm` at the thresholds, *flagged* "
            "human ones."
        ),
        Heading("On held-out repositories", 3),
        _table(held_out),
    ]
    if out_of_fold is not None:
        blocks += [Heading("Out of fold, on training repositories", 3), _table(out_of_fold)]
    blocks += _unseen_agents(metrics.get("unseen_agents") or {})
    return blocks + [
        block
        for title, settings in (("held out", held_out), ("out of fold", out_of_fold))
        for block in _past(title, settings)
    ]


def _table(settings: Mapping[str, Any]) -> Table:
    return Table(
        ("LLM code", "functions (repositories)", "judged", "AUROC / found", "called", "flagged"),
        [row for title, figures in _settings(settings) for row in _rows(title, figures)],
    )


def _settings(settings: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, title in _TITLES.items():
        if settings[name] is not None:
            yield title, settings[name]
    for kind, title in _SLICES.items():
        for name, figures in settings[kind].items():
            yield title.format(_EVIDENCE.get(name, name)), figures


def _rows(title: str, figures: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for place, way in enumerate(name for name in _WAYS if name in figures):
        found = figures[way]
        yield (
            "" if place else title,
            "" if place else f"{figures['functions']:,} ({figures['repositories']})",
            _WAYS[way].lower(),
            f"{ranked(found, 'auroc', 3)} / {ranked(found, 'tpr_at_1_fpr', 2)}",
            share_cell(found["called"]),
            share_cell(found["human_called"]),
        )


def _unseen_agents(agents: Mapping[str, Any]) -> list[Block]:
    """The n-gram part on agents that it was and was not trained on."""
    if not agents:
        return []
    return [
        Heading("Agents that it was not trained on", 3),
        Paragraph(
            "Out of fold, by own text, AUROC / found at 1 % false positives against human functions of 2021-07 to "
            "2022-11. Both columns are of the same functions. The second is of a model that is otherwise alike, trained "
            "without the agent's code."
        ),
        Table(
            ("agent", "functions (repositories)", "trained with it", "trained without it"),
            [
                (
                    name,
                    f"{past['with']['functions']:,} ({past['with']['repositories']})",
                    *(
                        f"{ranked(past[way], 'auroc', 3)} / {ranked(past[way], 'tpr_at_1_fpr', 2)}"
                        for way in past
                    ),
                )
                for name, past in agents.items()
            ],
        ),
    ]


def _past(title: str, settings: Mapping[str, Any] | None) -> list[Block]:
    """Human code called in projects with a past, with and without it."""
    if settings is None or settings["past"] is None:
        return []
    return [
        Heading(f"A project's own past, {title}", 3),
        Table(
            ("human functions of 2021-22, judged", "called `llm`", "projects with more than 5 % called"),
            [
                (
                    _WAYS[way].lower(),
                    share_cell(found["human_called"]),
                    f"{found['over_5_percent']} of {found['human_called']['repositories']}",
                )
                for way, found in settings["past"].items()
            ],
        ),
    ]
