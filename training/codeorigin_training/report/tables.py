"""The tables of card, README, quality page and report, from the rows of manifests and trials."""

from collections.abc import Iterable

from codeorigin.languages import LANGUAGES
from codeorigin_training.metrics.table import (
    AGENTS,
    BANDS,
    BUILT,
    IN_PROJECTS,
    INSIDE,
    MODERN,
    OF_THE_SAME,
    OLD,
    PACKAGES,
    PAIRS,
    WRITTEN_BY,
    WRITTEN_PAIRS,
    Estimate,
    Figure,
    Table,
)
from codeorigin_training.report.cells import (
    NOTHING,
    TitledTable,
    interval,
    percent,
    percent_interval,
    pivot,
    ranked,
    share_cell,
)

CALLED, UNSURE, CALLED_HUMAN = BANDS
_CONTEXTS = {
    "by_text": "by its own text",
    "in_file": "in its file",
    "in_commit": "in its commit",
    "in_file_and_commit": "in its file and commit",
    "by_text_and_past": "by its own text, with the project's past",
    "in_file_and_past": "in its file, with the project's past",
    "by_text_and_records": "by its own text, with the project's own code",
    "in_file_and_people": "in its file, with the project's own code, its records left out",
    "in_file_and_records": "in its file, with the project's own code",
}
_WITH_PAST = ("by_text", "in_file", "in_file_and_past", "in_file_and_people", "in_file_and_records")
_ERAS = {OLD: "before mid-2021", MODERN: "2021-07 to 2022-11"}
_FLAGGED = tuple(f"human, {era}: wrongly flagged" for era in _ERAS.values())
_VERDICTS = ("LLM-written: found", "unsure", "called human")
_DETECTORS = {
    "by_text": "CodeOrigin",
    "word_bigrams": "word bigrams + logistic regression",
    "character_ngrams": "character ngrams + logistic regression",
}


def contexts(table: Table) -> TitledTable:
    """What is said of functions, by how they are judged."""
    rows = [
        (
            judged,
            *(share_cell(table.get(AGENTS, context, band)) for band in BANDS),
            *(share_cell(table.get(people, context, CALLED)) for people in (*_ERAS, PACKAGES)),
        )
        for context, judged in _CONTEXTS.items()
        if not context.endswith(("past", "records")) and table.get(AGENTS, context, CALLED).value is not None
    ]
    return TitledTable("", "", ("judged", *_VERDICTS, *_FLAGGED, "packages: wrongly flagged"), tuple(rows))


def languages(table: Table, context: str = "in_file") -> TitledTable:
    """The same by language, for functions judged in one context."""
    names = {language.model_language: language.name for language in reversed([*LANGUAGES.values()])}
    known = sorted(table.languages(context), key=lambda language: names.get(language, language))
    rows = [
        (
            names.get(language, language),
            *(share_cell(table.get(AGENTS, context, band, language)) for band in (CALLED, UNSURE)),
            *(share_cell(table.get(people, context, CALLED, language)) for people in _ERAS),
        )
        for language in ("all", *known)
    ]
    header = ("", *_VERDICTS[:2], *_FLAGGED)
    return TitledTable(f"By language, {_CONTEXTS[context]}", "", header, tuple(rows))


def ranking(table: Table) -> TitledTable:
    """How well functions, files, commits and pairs are ranked, beside the baselines."""
    measured = {figure.context for figure in table.figures if figure.statistic == "tpr_at_1_fpr"}
    detectors = [name for name in _DETECTORS if name in measured]
    rows = [
        (
            f"{title}, human code {era}",
            *(ranked(table.get(f"{AGENTS} against {people}", name, key), digits) for name in detectors),
        )
        for people, era in _ERAS.items()
        for key, title, digits in (("auroc", "AUROC", 3), ("tpr_at_1_fpr", "found at 1 % false positives", 2))
    ]
    for population, title, column in (
        (INSIDE, "AUROC inside one repository (repositories)", "repositories"),
        (PAIRS, "AUROC, same-task pairs of the corpus (pairs)", "n"),
        (WRITTEN_PAIRS, "AUROC, pairs written for this project (pairs)", "n"),
    ):
        found = [table.get(population, name, "auroc") for name in detectors]
        rows.append((title, *(f"{interval(figure)} ({getattr(figure, column) or 0})" for figure in found)))
    rows += [
        (f"AUROC of {whole}, human code {era}", ranked(figure), *[NOTHING] * (len(detectors) - 1))
        for whole in ("whole files", "whole commits")
        for people, era in _ERAS.items()
        if (figure := table.get(f"{AGENTS} against {people}", whole, "auroc")).value is not None
    ]
    return TitledTable("", "", ("", *(_DETECTORS[name] for name in detectors)), tuple(rows))


def settings(table: Table, title: str) -> TitledTable:
    """By where LLM code stands, who wrote it, how that is known, and length."""
    rows = []
    known = set(table.populations("auroc"))
    named = [name for name in table.populations("tpr_at_1_fpr") if _human_beside(name)]
    for population in named:
        for context, judged in _CONTEXTS.items():
            figure = table.get(population, context, "auroc")
            if population in known and figure.value is not None:
                human = table.get(_human_beside(population), context, CALLED)
                rows.append(
                    (
                        f"{population.removeprefix(f'{AGENTS}, ')} ({figure.n or 0:,} in {figure.repositories})",
                        *(judged, ranked(figure), ranked(table.get(population, context, "tpr_at_1_fpr"), 2)),
                        *(
                            share_cell(table.get(population, context, band))
                            for band in (CALLED, CALLED_HUMAN)
                        ),
                        share_cell(human),
                    )
                )
    header = (
        *("LLM code (functions in projects)", "judged", "AUROC", "found at 1 %"),
        *("found", "called human", "human 2021-22: wrongly flagged"),
    )
    return TitledTable(title, "", header, tuple(rows))


def _human_beside(population: str) -> str:
    """The human code that a population of LLM code is ranked against; empty if it is not that of 2021-22."""
    if population == IN_PROJECTS:
        return OF_THE_SAME
    if population.startswith(f"{AGENTS}, "):
        return population.replace(AGENTS, MODERN)
    return MODERN if population == BUILT or population.startswith(("by ", "known by ")) else ""


def expectations(held_out: Table, joined: Table) -> TitledTable:
    """What to expect of functions judged in their files, people's projects first."""

    def row(
        title: str, table: Table, population: str, human: Estimate | None, context: str = "in_file"
    ) -> tuple[str, ...]:
        of = [table.get(population, context, band) for band in BANDS]
        flagged = "" if human is None else percent_interval(human)
        return (title.format(of[0].repositories), *(percent_interval(figure, 0) for figure in of), flagged)

    own = "in_file_and_records"
    aside = "agents in {} people's projects kept aside"
    corpus, people = (table.get(MODERN, "in_file", CALLED) for table in (held_out, joined))
    rows = (
        row(aside, joined, IN_PROJECTS, people),
        row(
            "the same, with the project's own code",
            joined,
            IN_PROJECTS,
            joined.get(MODERN, own, CALLED),
            own,
        ),
        row(f"{aside}: product code", joined, f"{IN_PROJECTS}, product", None),
        row(f"{aside}: tests", joined, f"{IN_PROJECTS}, tests", None),
        row("all agents of {} held-out repositories, many built by an agent", held_out, AGENTS, corpus),
    )
    return TitledTable("", "", ("LLM code of", *_VERDICTS, "human code of 2021-22: wrongly flagged"), rows)


def rankings_later(joined: Table) -> TitledTable:
    """AUROC on the repositories that were kept aside, as functions are judged."""
    titles = {IN_PROJECTS: "agents in people's projects, human code of 2021-22 of the same"} | {
        f"{AGENTS} against {era}": f"all agents, {era}" for era in (OLD, MODERN)
    }
    found = [
        figure
        for population in titles
        for context in _CONTEXTS
        if (figure := joined.get(population, context, "auroc")).value is not None
    ]
    return pivot(
        found,
        corner="AUROC (functions in projects)",
        rows=lambda figure: f"{titles[figure.population]} ({figure.n:,} in {figure.repositories})",
        columns=lambda figure: _CONTEXTS[figure.context],
    )


def lockbox_contexts(lockbox: Table) -> TitledTable:
    """Agents in people's projects that no data held, by how functions are judged."""
    rows = [
        (
            _CONTEXTS[context],
            interval(lockbox.get(IN_PROJECTS, context, "auroc")),
            *(percent_interval(lockbox.get(IN_PROJECTS, context, band), 0) for band in BANDS),
            *(percent_interval(lockbox.get(era, context, CALLED)) for era in _ERAS),
            percent(lockbox.get(MODERN, context, "worst project").value),
        )
        for context in _WITH_PAST
    ]
    return TitledTable("", "", ("judged", "AUROC", *_VERDICTS, *_FLAGGED, "worst project"), tuple(rows))


def lengths(lockbox: Table) -> list[Figure]:
    """The share found of agents' functions in their files, by length and apart from tests."""
    return [
        figure
        for figure in lockbox.figures
        if (figure.context, figure.statistic, figure.language) == ("in_file", CALLED, "all")
        and figure.population.startswith(f"{AGENTS}, ")
    ]


def written_by(lockbox: Table) -> TitledTable:
    """By tool and model, in their files, all functions alike; intervals are by bootstrap over commits."""
    rows = []
    for commits in _by_name(lockbox.figures):
        found = [lockbox.get(commits.population, "in_file", band) for band in (CALLED, CALLED_HUMAN)]
        name = commits.population.removeprefix(WRITTEN_BY)
        count = f"{commits.value:.0f} ({commits.repositories})"
        rows.append((name, f"{found[0].n:,}", count, *(percent_interval(figure, 0) for figure in found)))
    header = ("written by", "functions", "commits (repositories)", "found", "called human")
    return TitledTable("", "", header, tuple(rows))


def _by_name(figures: Iterable[Figure]) -> Iterable[Figure]:
    return (figure for figure in figures if figure.population.startswith(WRITTEN_BY) and not figure.context)
