"""Figures of commits and files, from a bundle's manifest: as evidence, as a whole, and where both classes meet."""

from collections.abc import Mapping, Sequence
from typing import Any

from codeorigin_training.report.cells import NOTHING, missing, number, ranked, share_cell
from codeorigin_training.report.document import Block, Heading, Paragraph, Table
from codeorigin_training.report.human_code import WAYS
from codeorigin_training.report.separation import FEWEST, POPULATIONS, RATES

_CODE = {
    "old_human": f"human, {POPULATIONS['old']}",
    "modern_human": f"human, {POPULATIONS['modern']}",
    "llm": "LLM",
}
_MIXED = {
    "mixed_files": "files that hold both classes",
    "mixed_commits": "all, half of the LLM functions moved into human-written commits",
    "as_they_are": "all, as they are",
}


def commit_sections(manifest: Mapping[str, Any]) -> list[Block]:
    """Empty for a bundle without commit figures."""
    commits = manifest["metrics"].get("commits")
    if commits is None:
        return []
    return [
        Heading("The commit compared with the file", 3),
        Paragraph(
            "AUROC / found at 1 % false positives, with 90 % intervals by bootstrap over repositories. Classes are "
            "matched within language, test code, length and number of functions in the commit. Every commit of the "
            "corpus has one class."
        ),
        _by_commit_size(commits["functions"]),
        *_called_by_size(commits),
        *_whole(manifest),
        *_whole_by_size(commits),
        Heading("Files and commits with both classes", 3),
        Paragraph(mixed_note(commits)),
        _mixed_table(commits),
    ]


def _by_commit_size(functions: Sequence[Mapping[str, Any]]) -> Table:
    """Own text, file, commit and both, by era and number of functions in the commit."""
    names = _names(functions[0]["contexts"])
    return Table(
        ("human code; functions in the commit", *(WAYS[name] for name in names)),
        [
            (
                f"{POPULATIONS[row['human'].removesuffix('_human')]}; {row['commit']}",
                *(
                    f"{ranked(row['contexts'][name], 'auroc')} / {ranked(row['contexts'][name], 'tpr_at_1_fpr')}"
                    for name in names
                ),
            )
            for row in functions
        ],
    )


def _called_by_size(commits: Mapping[str, Any]) -> list[Block]:
    """Functions called ``llm`` by the number of functions of their commit or file; empty without such figures."""
    called = commits.get("called")
    if not called:
        return []
    names = _names(called[0]["contexts"])
    return [
        Paragraph(
            "At the thresholds, by the number of functions that the commit or the file has in the corpus. Classes are "
            "not matched, and repositories weigh the same. Brackets are as above."
        ),
        Table(
            ("functions called `llm`; functions in the same commit or file", *(WAYS[name] for name in names)),
            [
                (
                    f"{_CODE[size['code']]}; {size['within']} of {size['functions']}",
                    *(share_cell(size["contexts"][name]) for name in names),
                )
                for size in called
            ],
        ),
    ]


def _whole(manifest: Mapping[str, Any]) -> list[Block]:
    """The verdicts on whole files and commits at their thresholds."""
    metrics, calibration = manifest["metrics"], manifest["calibration"]
    found = {
        kind: figures["verdicts"]
        for kind, figures in (("file", metrics.get("files")), ("commit", metrics["commits"].get("commits")))
        if figures is not None and calibration.get(kind) is not None
    }
    if not found:
        return []
    fewest = " and ".join(
        f"{kind}s with at least {calibration[kind]['fewest_functions']} functions" for kind in found
    )
    rows = [
        (
            title.replace("all functions, ", "")
            .replace("over functions", "over all")
            .replace("functions ", ""),
            *(share_cell(verdicts[key], 1) for verdicts in found.values()),
        )
        for key, title in RATES
    ]
    rows.append(("number", *(f"{verdicts['files']:,}" for verdicts in found.values())))
    return [
        Heading("Whole files and commits", 3),
        Paragraph(
            f"{fewest[0].upper()}{fewest[1:]} get a verdict as a whole, by rules with separate thresholds. The first "
            "table of this page shows how well they rank; this one shows their verdicts. Repositories weigh the same "
            "unless stated otherwise."
        ),
        Table(("verdicts on the whole", *(f"{kind}s" for kind in found)), rows),
    ]


def _whole_by_size(commits: Mapping[str, Any]) -> list[Block]:
    """Whole files and commits by their number of functions; empty without such figures."""
    cells = {
        f"{kind}s of {title}": figures
        for kind, sizes in (commits.get("whole") or {}).items()
        for title, figures in sizes.items()
    }
    if not cells:
        return []
    rows = [
        (
            f"{what} human code {POPULATIONS[era.removesuffix('_human')]}",
            *(ranked(cell[era], key) if cell[era]["files"] >= FEWEST else NOTHING for cell in cells.values()),
        )
        for era in ("old_human", "modern_human")
        for key, what in (
            ("auroc", "AUROC, against"),
            ("tpr_at_1_fpr", "found at 1 % false positives, against"),
        )
    ]
    rows += [
        (
            title.replace("functions ", ""),
            *(share_cell(cell["verdicts"][key], 1) for cell in cells.values()),
        )
        for key, title in RATES[:3]
    ]
    rows.append(("number", *(f"{cell['verdicts']['files']:,}" for cell in cells.values())))
    return [
        Table(("by number of functions", *cells), rows),
        Paragraph(
            f"A dash means that fewer than {FEWEST} are left after matching the classes, or that there are none."
        ),
    ]


def mixed_note(commits: Mapping[str, Any]) -> str:
    """A paragraph on which way of judging a function holds up in mixed files and mixed commits."""
    files, moved, apart = (commits[name] for name in _MIXED)
    return (
        f"In the {files['functions']:,} functions of files that really hold both classes, {_which_holds(files)} "
        "Commits cannot be measured in the same way, because every commit of the corpus has one class. For the "
        "second block, half of the LLM functions of repositories with both classes were moved into human-written "
        f"commits, but stay in their files. There {_which_holds(moved)} With the commit alone the AUROC is "
        f"{number(moved['contexts']['in_commit']['auroc'])}, compared with "
        f"{number(apart['contexts']['in_commit']['auroc'])} if nothing is moved. All functions long enough for a "
        "verdict are included; classes are not matched, and intervals are 90 %, by bootstrap over repositories."
    )


def _mixed_table(commits: Mapping[str, Any]) -> Table:
    """The four ways in mixed files, in mixed commits, and in all code without moves."""
    names = _names(commits["mixed_files"]["contexts"])
    rows = []
    for key, title in _MIXED.items():
        contexts = [commits[key]["contexts"][name] for name in names]
        rows += [
            (f"{title}; AUROC", *(ranked(context, "auroc") for context in contexts)),
            (
                f"{title}; human called `llm`",
                *(share_cell(context["human_called_llm"]) for context in contexts),
            ),
            (f"{title}; LLM called `llm`", *(share_cell(context["llm_called_llm"]) for context in contexts)),
        ]
    return Table(("", *(WAYS[name] for name in names)), rows)


def _which_holds(found: Mapping[str, Any]) -> str:
    contexts = found["contexts"]
    values = {name: contexts[name]["auroc"] for name in _names(contexts)}
    if any(missing(value) for value in values.values()):
        return "there are too few functions to say which rule holds best."
    order = sorted(values, key=lambda name: -values[name])
    best, by_text = order[0], values["by_text"]
    if best == "by_text":
        return f"a function's own text holds best (AUROC {by_text:.3f}): neither file nor commit helps."
    worse = [f"*{WAYS[name].lower()}* {values[name]:.3f}" for name in order if values[name] < by_text]
    below = f"below own text: {', '.join(worse)}" if worse else "no rule is worse than own text"
    return (
        f"the best rule is *{WAYS[best].lower()}*, AUROC {values[best]:.3f} (own text {by_text:.3f}"
        f"{_overlap(contexts[best], contexts['by_text'])}; {below})."
    )


def _overlap(best: Mapping[str, Any], by_text: Mapping[str, Any]) -> str:
    low, high = (best["auroc_interval_90"] or [None])[0], (by_text["auroc_interval_90"] or [None])[-1]
    return ", their intervals overlap" if not missing(low) and not missing(high) and low <= high else ""


def _names(contexts: Mapping[str, Any]) -> Sequence[str]:
    return [name for name in WAYS if name in contexts]
