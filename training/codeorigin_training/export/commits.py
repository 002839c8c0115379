"""Report sections on commits: compared with files, as a whole, and where both classes occur together."""

from collections.abc import Mapping, Sequence
from typing import Any

from codeorigin_training.export.sizes import called_by_size, whole_by_size
from codeorigin_training.export.tables import POPULATIONS, RATES, missing, percent, ranked, short_percent

WAYS = {
    "by_text": "By its own text",
    "in_file": "In its file",
    "in_commit": "In its commit",
    "in_file_and_commit": "In its file and commit",
}
"""The ways to judge a function, as headings."""

_COMMIT_NOTE = (
    "AUROC / found at 1 % false positives, with 90 % intervals by bootstrap over repositories. Classes are matched "
    "within language, test code, length and number of functions in the commit. Every commit of the corpus has one "
    "class."
)
_MIXED = {
    "mixed_files": "files that hold both classes",
    "mixed_commits": "all, half of the LLM functions moved into human-written commits",
    "as_they_are": "all, as they are",
}


def commit_sections(manifest: Mapping[str, Any]) -> list[str]:
    """Markdown blocks; empty for a bundle without commit figures."""
    commits = manifest["metrics"].get("commits")
    if commits is None:
        return []
    return [
        "### The commit compared with the file",
        _COMMIT_NOTE,
        commit_table(commits),
        *called_by_size(commits, WAYS),
        *_whole(manifest),
        *whole_by_size(commits),
        "### Files and commits with both classes",
        mixed_note(commits),
        mixed_table(commits),
    ]


def commit_table(commits: Mapping[str, Any]) -> str:
    """Markdown table comparing own text, file, commit and both, by era and number of functions in the commit."""
    names = _names(commits["functions"][0]["circles"])
    lines = [
        "| human code; functions in the commit | " + " | ".join(WAYS[name] for name in names) + " |",
        "|---" * (len(names) + 1) + "|",
    ]
    for each in commits["functions"]:
        cells = [
            f"{ranked(each['circles'][name], 'auroc')} / {ranked(each['circles'][name], 'tpr_at_1_fpr')}"
            for name in names
        ]
        era = POPULATIONS[each["human"].removesuffix("_human")]
        lines.append(f"| {era}; {each['commit']} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _whole(manifest: Mapping[str, Any]) -> list[str]:
    """Markdown blocks on the verdicts on whole files and commits at their thresholds."""
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
    lines = [
        "| verdicts on the whole | " + " | ".join(f"{kind}s" for kind in found) + " |",
        "|---" * (len(found) + 1) + "|",
    ]
    for key, title in RATES:
        cells = ["-" if (value := verdicts[key]) is None else percent(value) for verdicts in found.values()]
        name = (
            title.replace("all functions, ", "")
            .replace("mean over functions", "mean over all")
            .replace("functions ", "")
        )
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    counts = [f"{verdicts['files']:,}" for verdicts in found.values()]
    lines.append("| number | " + " | ".join(counts) + " |")
    return [
        "### Whole files and commits",
        (
            f"{fewest[0].upper()}{fewest[1:]} get a verdict as a whole, by rules with separate "
            "thresholds. The first table of this page shows how well they rank; this one shows their verdicts. "
            "Repositories weigh the same unless stated otherwise."
        ),
        "\n".join(lines),
    ]


def mixed_note(commits: Mapping[str, Any]) -> str:
    """A paragraph on which way of judging a function holds up in mixed files and mixed commits."""
    files, moved, apart = (commits[name] for name in _MIXED)
    return (
        f"In the {files['functions']:,} functions of files that really hold both classes, {_which_holds(files)} "
        "Commits cannot be measured in the same way, because every commit of the corpus has one class. For the "
        "second block, half of the LLM functions of repositories with both classes were moved into human-written "
        f"commits, but stay in their files. There {_which_holds(moved)} With the commit alone the AUROC is "
        f"{_auroc(moved, 'in_commit')}, compared with {_auroc(apart, 'in_commit')} if nothing is moved. All functions "
        "long enough for a verdict are included; classes are not matched, and intervals are 90 %, by bootstrap over "
        "repositories."
    )


def mixed_table(commits: Mapping[str, Any]) -> str:
    """Markdown table of the four ways in mixed files, in mixed commits, and in all code without moves."""
    names = _names(commits["mixed_files"]["circles"])
    lines = [
        "| | " + " | ".join(WAYS[name] for name in names) + " |",
        "|---" * (len(names) + 1) + "|",
    ]
    for key, title in _MIXED.items():
        circles = [commits[key]["circles"][name] for name in names]
        rows = (
            ("AUROC", [ranked(each, "auroc") for each in circles]),
            ("human called `llm`", [short_percent(each["human_called_llm"]) for each in circles]),
            ("LLM called `llm`", [short_percent(each["llm_called_llm"]) for each in circles]),
        )
        lines += [f"| {title}; {what} | " + " | ".join(cells) + " |" for what, cells in rows]
    return "\n".join(lines)


def _which_holds(found: Mapping[str, Any]) -> str:
    circles = found["circles"]
    values = {name: circles[name]["auroc"] for name in _names(circles)}
    if any(missing(value) for value in values.values()):
        return "there are too few functions to say which rule holds best."
    ranked = sorted(values, key=lambda name: -values[name])
    best, own = ranked[0], values["by_text"]
    if best == "by_text":
        return f"a function's own text holds best (AUROC {own:.3f}): neither file nor commit helps."
    worse = [f"*{WAYS[name].lower()}* {values[name]:.3f}" for name in ranked if values[name] < own]
    below = f"below own text: {', '.join(worse)}" if worse else "no rule is worse than own text"
    return (
        f"the best rule is *{WAYS[best].lower()}*, AUROC {values[best]:.3f} (own text {own:.3f}"
        f"{_overlap(circles[best], circles['by_text'])}; {below})."
    )


def _overlap(best: Mapping[str, Any], own: Mapping[str, Any]) -> str:
    low, high = (best["auroc_interval_90"] or [None])[0], (own["auroc_interval_90"] or [None])[-1]
    return ", their intervals overlap" if not missing(low) and not missing(high) and low <= high else ""


def _names(circles: Mapping[str, Any]) -> Sequence[str]:
    return [name for name in WAYS if name in circles]


def _auroc(found: Mapping[str, Any], name: str) -> str:
    value = found["circles"][name]["auroc"]
    return "-" if missing(value) else f"{value:.3f}"
