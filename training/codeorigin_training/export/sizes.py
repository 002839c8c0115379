"""Report sections on files and commits by their number of functions."""

from collections.abc import Mapping
from typing import Any

from codeorigin_training.export.tables import POPULATIONS, percent, ranked, share_cell

_CODE = {
    "old_human": f"human, {POPULATIONS['old']}",
    "modern_human": f"human, {POPULATIONS['modern']}",
    "llm": "LLM",
}
_FEWEST = 40
"""Minimum number of matched files or commits, both classes together, for a ranking figure to be meaningful."""

_RATES = (
    ("false_positive_rate_old", f"human called `llm`, {POPULATIONS['old']}"),
    ("false_positive_rate_modern", f"human called `llm`, {POPULATIONS['modern']}"),
    ("true_positive_rate", "LLM called `llm`"),
)


def called_by_size(commits: Mapping[str, Any], ways: Mapping[str, str]) -> list[str]:
    """Markdown blocks on functions called ``llm`` in each of ``ways``; empty without such figures."""
    called = commits.get("called")
    if not called:
        return []
    names = [name for name in ways if name in called[0]["circles"]]
    lines = [
        "| functions called `llm`; functions in the same commit or file | "
        + " | ".join(ways[name] for name in names)
        + " |",
        "|---" * (len(names) + 1) + "|",
    ]
    for each in called:
        title = f"{_CODE[each['code']]}; {each['within']} of {each['functions']}"
        lines.append(f"| {title} | " + " | ".join(share_cell(each["circles"][name]) for name in names) + " |")
    return [
        (
            "At the thresholds, by the number of functions that the commit or the file has in the corpus. Classes "
            "are not matched, and repositories weigh the same. Brackets contain the 90 % interval, by bootstrap over "
            "repositories, and the number of repositories."
        ),
        "\n".join(lines),
    ]


def whole_by_size(commits: Mapping[str, Any]) -> list[str]:
    """Markdown blocks on whole files and commits by their number of functions; empty without such figures."""
    cells = [
        (f"{kind}s of {title}", figures)
        for kind, sizes in (commits.get("whole") or {}).items()
        for title, figures in sizes.items()
    ]
    if not cells:
        return []
    lines = [
        "| by number of functions | " + " | ".join(title for title, _ in cells) + " |",
        "|---" * (len(cells) + 1) + "|",
    ]
    for era, title in (("old_human", POPULATIONS["old"]), ("modern_human", POPULATIONS["modern"])):
        for key, name in (("auroc", "AUROC"), ("tpr_at_1_fpr", "found at 1 % false positives")):
            shown = [
                ranked(figures[era], key) if figures[era]["files"] >= _FEWEST else "-" for _, figures in cells
            ]
            lines.append(f"| {name}, against human code {title} | " + " | ".join(shown) + " |")
    for key, title in _RATES:
        shares = [figures["verdicts"][key] for _, figures in cells]
        lines.append(
            f"| {title} | " + " | ".join("-" if each is None else percent(each) for each in shares) + " |"
        )
    counts = [f"{figures['verdicts']['files']:,}" for _, figures in cells]
    lines.append("| number | " + " | ".join(counts) + " |")
    note = (
        f"A dash means that fewer than {_FEWEST} are left after matching the classes, or that there are none."
    )
    return ["\n".join(lines), note]
