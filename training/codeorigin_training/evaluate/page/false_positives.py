"""The page's sections on how often human code is called ``llm``, and on the evidence of a commit."""

from codeorigin_training.evaluate.page.components import heading, note, section, table
from codeorigin_training.evaluate.page.wording import interval, percent, percent_interval
from codeorigin_training.evaluate.report import Report

_POPULATIONS = {"old": "before mid-2021", "modern": "2021-07 to 2022-11", "distribution": "distribution"}


def false_positives_section(report: Report) -> str:
    """False positives by language, group and era, and in the worst tenth of repositories."""
    parts = []
    for found in report.false_positives:
        way = found.way.replace("_", " ")
        rows = [
            [
                f"{cell.language}; {cell.group}; {_POPULATIONS.get(cell.population, cell.population)}",
                percent_interval(cell.share),
                f"{cell.repositories:,}",
                f"{cell.functions:,}",
            ]
            for cell in found.cells
        ]
        worst = [
            [
                _POPULATIONS.get(each.population, each.population),
                f"{each.repositories:,}",
                percent(each.worst_tenth),
                percent(each.over_5_percent),
            ]
            for each in found.repositories
        ]
        parts += [
            heading(way),
            table(["human code", "repositories", "worst tenth: called llm", "over 5 % called"], worst),
            table(["language; documented or bare; era", "called llm", "repositories", "functions"], rows),
        ]
    return section(
        "How often human code is called llm",
        note(
            "Human functions called llm, with equal weight for each repository: the figures from the model's manifest."
        ),
        *parts,
    )


def commits_section(report: Report) -> str:
    """The commit compared with file and own text, whole commits, and code where both classes are mixed."""
    body = [
        [
            f"{row.human.replace('_', ' ')}; {row.commit}; {row.way.replace('_', ' ')}",
            interval(row.auroc),
            percent_interval(row.tpr_at_1),
            f"{row.functions:,}",
        ]
        for row in report.commits
    ]
    return section(
        "The commit as evidence",
        note(
            "Classes are also matched by the number of functions in the commit; the figures are from the model's "
            "manifest."
        ),
        table(["human code; functions in the commit; judged", "AUROC", "found at 1 % FP", "functions"], body),
        *_called(report),
        *_whole(report),
        *_mixed(report),
    )


def _called(report: Report) -> list[str]:
    body = [
        [
            f"{row.code.replace('_', ' ')}; {row.within} of {row.functions}; {row.way.replace('_', ' ')}",
            percent_interval(row.share),
            f"{row.repositories:,}",
            f"{row.items:,}",
        ]
        for row in report.called
    ]
    if not body:
        return []
    return [
        heading("At the thresholds, by number of functions"),
        note("Number of functions that the commit or the file has in the corpus; classes are not matched."),
        table(["code; functions there; judged", "called llm", "repositories", "functions"], body),
    ]


def _whole(report: Report) -> list[str]:
    ranked = [
        [
            f"{row.kind}; {row.human.replace('_', ' ')}",
            interval(row.auroc),
            percent_interval(row.tpr_at_1),
            f"{row.items:,}",
        ]
        for row in report.whole
    ]
    called = [
        [row.kind, *map(percent, (row.old, row.modern, row.found, row.llm_called_human)), f"{row.items:,}"]
        for row in report.whole_verdicts
    ]
    if not ranked:
        return []
    return [
        heading("Whole files and commits"),
        table(["whole; human code", "AUROC", "found at 1 % FP", "how many"], ranked),
        table(
            [
                "at their thresholds",
                "human before mid-2021 called llm",
                "human 2021-07 to 2022-11 called llm",
                "LLM called llm",
                "LLM called human",
                "how many",
            ],
            called,
        ),
    ]


def _mixed(report: Report) -> list[str]:
    body = [
        [
            f"{_MIXED.get(row.code, row.code)}; {row.way.replace('_', ' ')}",
            interval(row.auroc),
            percent(row.human_called),
            percent(row.llm_called),
            f"{row.functions:,}",
        ]
        for row in report.mixed
    ]
    if not body:
        return []
    return [
        heading("Files and commits with both classes"),
        note(
            "Functions long enough for a verdict; classes are not matched. No commit of the corpus holds both "
            "classes, so commits are mixed artificially; files that hold both are real."
        ),
        table(["functions; judged", "AUROC", "human called llm", "LLM called llm", "functions"], body),
    ]


_MIXED = {
    "mixed_files": "files that hold both classes",
    "mixed_commits": "all, half of the LLM functions moved into human-written commits",
    "as_they_are": "all, as they are",
}
