"""The figures of a bundle's manifest and of trials as tables, alike for card, README, quality page and report."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from codeorigin.languages import LANGUAGES
from codeorigin_training.metrics.table import AGENTS, IN_PROJECTS, MODERN, OLD
from codeorigin_training.report.cells import NOTHING, number, percent, ranked, share_cell
from codeorigin_training.report.section import TitledTable

ERAS = {"old": "before mid-2021", "modern": "2021-07 to 2022-11"}
_WAYS = {
    "by_text": "by its own text",
    "in_file": "in its file",
    "in_commit": "in its commit",
    "in_file_and_commit": "in its file and commit",
    "by_text_and_past": "by its own text, with the project's past",
    "in_file_and_past": "in its file, with the project's past",
}
_OF_TRIAL = {
    "own": "by_text",
    "in_file": "in_file",
    "own+past": "by_text_and_past",
    "in_file+past": "in_file_and_past",
}
_EVIDENCE = {
    "A-author": "the commit's author",
    "B-trailer": "a trailer of the message",
    "trailer": "a trailer of the message, earlier rounds",
    "C-squash-author": "the author of a squashed pull request",
    "D-branch": "the name of a merged branch",
    "D-link": "a link to the agent's task",
    "N-lines": "a record of every line",
}
_VERDICTS = ("LLM-written: found", "unsure", "called human")


def verdicts(metrics: Mapping[str, Any], language: str = "all", way: str = "in_file") -> dict[str, Any]:
    """Shares of LLM functions ``found``, ``unsure`` and ``missed``, and of human ones flagged, by era.

    Each is a mean over projects, of functions with a verdict, as
    :func:`~codeorigin_training.metrics.shares.called_share` gives it; ``missed`` has its share alone. None if there
    are no such functions.
    """
    of_way = _of_way(metrics, way)
    cells = {(cell["population"], cell["language"]): cell for cell in of_way["cells"]}
    found, unsure = of_way["found"].get(language), of_way["open"].get(language)
    missed = None if found is None else {"share": 1 - found["share"] - unsure["share"]}
    eras = {era: cells.get((era, language)) for era in (*ERAS, "distribution")}
    return {"found": found, "unsure": unsure, "missed": missed, **eras}


def contexts(metrics: Mapping[str, Any]) -> TitledTable:
    """What is said of functions, by how they are judged."""
    rows = []
    for way in ("by_text", "in_file", "in_commit", "in_file_and_commit"):
        if _of_way(metrics, way):
            of_way = verdicts(metrics, way=way)
            llm = (
                percent(of_way["missed"]["share"], 0) if name == "missed" else share_cell(of_way[name])
                for name in ("found", "unsure", "missed")
            )
            rows.append((_WAYS[way], *llm, *(share_cell(of_way[era]) for era in (*ERAS, "distribution"))))
    header = ("judged", *_VERDICTS, *(f"human, {era}: flagged" for era in ERAS.values()), "packages: flagged")
    return TitledTable("", "", header, tuple(rows))


def languages(metrics: Mapping[str, Any], way: str = "in_file") -> TitledTable:
    """The same by language, for functions judged in one way."""
    names = {language.model_language: language.name for language in reversed([*LANGUAGES.values()])}
    known = sorted(
        {cell["language"] for cell in _of_way(metrics, way)["cells"]} | {*_of_way(metrics, way)["found"]},
        key=lambda language: (language != "all", names.get(language, language)),
    )
    rows = []
    for language in known:
        of_language = verdicts(metrics, language, way)
        rows.append(
            (
                names.get(language, language),
                *(share_cell(of_language[name]) for name in ("found", "unsure", *ERAS)),
            )
        )
    header = ("", *_VERDICTS[:2], *(f"human, {era}: flagged" for era in ERAS.values()))
    return TitledTable(f"By language, {_WAYS[way]}", "", header, tuple(rows))


def ranking(metrics: Mapping[str, Any]) -> TitledTable:
    """How well functions, files, commits and pairs are ranked, beside the baselines."""
    columns = {"CodeOrigin": metrics["held_out"]} | {
        f"{name.replace('_', ' ')} + logistic regression": found
        for name, found in (metrics.get("baselines") or {}).items()
    }
    every = list(columns.values())
    rows = [
        (
            f"{title}, human code {ERAS[era]}",
            *(ranked(column[f"{era}_human"], key, digits) for column in every),
        )
        for era in ERAS
        for key, title, digits in (("auroc", "AUROC", 3), ("tpr_at_1_fpr", "found at 1 % false positives", 2))
    ]
    rows.append(
        (
            "AUROC inside one repository (repositories)",
            *(
                f"{number(of['same_repository']['mean_auroc'])} ({of['same_repository']['repositories']})"
                for of in every
            ),
        )
    )
    for key, title in (
        ("pairs", "same-task pairs of the corpus"),
        ("written_pairs", "pairs written for this project"),
    ):
        rows.append(
            (f"AUROC, {title} (pairs)", *(f"{number(of[key]['auroc'])} ({of[key]['pairs']})" for of in every))
        )
    whole = {"files": metrics.get("files"), "commits": (metrics.get("commits") or {}).get("commits")}
    rows += [
        (
            f"AUROC of whole {kind}, human code {ERAS[era]}",
            ranked(found[f"{era}_human"], "auroc"),
            *[NOTHING] * (len(every) - 1),
        )
        for kind, found in whole.items()
        if found is not None
        for era in ERAS
    ]
    return TitledTable("", "", ("", *columns), tuple(rows))


def settings(figures: Mapping[str, Any], title: str) -> TitledTable:
    """By where LLM code stands, who wrote it, how that is known, and length."""
    named = [
        ("agents in people's projects", figures["in_projects"]),
        ("repositories that agents built", figures["built"]),
    ]
    named += [(f"by {name}", found) for name, found in figures["agents"].items()]
    named += [(f"known by {_EVIDENCE.get(name, name)}", found) for name, found in figures["evidence"].items()]
    named += list(figures["lengths"].items())
    rows = []
    for name, found in named:
        for way, judged in _WAYS.items():
            if found is not None and way in found:
                of_way = found[way]
                where = f"{name} ({found['functions']:,} in {found['repositories']})"
                rows.append(
                    (
                        *(where, judged, ranked(of_way, "auroc"), ranked(of_way, "tpr_at_1_fpr", 2)),
                        *(share_cell(of_way[key]) for key in ("called", "missed", "human_called")),
                    )
                )
    header = (
        *("LLM code (functions in projects)", "judged", "AUROC", "found at 1 %"),
        *("found", "called human", "human 2021-22: flagged"),
    )
    return TitledTable(title, "", header, tuple(rows))


def unseen_agents(agents: Mapping[str, Any]) -> TitledTable:
    """The n-grams on agents that they were and were not trained on."""
    rows = tuple(
        (
            name,
            f"{of['with']['functions']:,} ({of['with']['repositories']})",
            *(ranked(of[way], "auroc") for way in of),
        )
        for name, of in agents.items()
    )
    header = ("agent", "functions (repositories)", "AUROC, trained with it", "trained without it")
    return TitledTable("Agents that it was not trained on, out of fold", "", header, rows)


def mixed_files(commits: Mapping[str, Any]) -> TitledTable:
    """Functions in files of both classes, and all functions with half of the LLM ones moved into human commits."""
    kinds = {
        "files of both classes": "mixed_files",
        "half moved into human commits": "mixed_commits",
        "as they are": "as_they_are",
    }
    rows = tuple(
        (
            f"{title} ({commits[key]['functions']:,})",
            *(ranked(found, "auroc") for found in commits[key]["contexts"].values()),
        )
        for title, key in kinds.items()
    )
    header = ("AUROC (functions)", *(_WAYS[way] for way in commits["as_they_are"]["contexts"]))
    return TitledTable("Files and commits with both classes", "", header, rows)


def expectations(
    metrics: Mapping[str, Any], lockbox: Mapping[str, Any], joined: Mapping[str, Any]
) -> TitledTable:
    """What to expect of functions judged in their files, people's projects first."""
    people, human = (
        lockbox["agents_against_modern_code_of_the_project"],
        lockbox["human"]["in_file"]["modern"],
    )
    corpus = verdicts(metrics)
    figure = figures_of(joined)

    def later(population: str) -> tuple[str, ...]:
        shares = (figure[population, "in_file", band] for band in ("called llm", "unsure", "called human"))
        return tuple(_share(row["value"], row["low"], row["high"]) for row in shares)

    def later_in(population: str) -> int:
        repositories: int = figure[population, "in_file", "unsure"]["repositories"]
        return repositories

    flagged = figure[MODERN, "in_file", "called llm"]
    of_flagged = _share(flagged["value"], flagged["low"], flagged["high"], digits=1)
    rows = [
        (
            f"agents in {people['projects']} well-known people's projects",
            *(_share(**people["in_file"][name]) for name in ("called", "unsure", "called_human")),
            _interval_share(human),
        ),
        *(
            (
                (f"agents in {later_in(population)} people's projects that joined later{part}"),
                *later(population),
                of_flagged if not part else "",
            )
            for part, population in (
                ("", IN_PROJECTS),
                (": product code", f"{IN_PROJECTS}, product"),
                (": tests", f"{IN_PROJECTS}, tests"),
            )
        ),
        (
            f"all agents of {corpus['found']['repositories']} held-out repositories, many built by an agent",
            *(percent(corpus[name]["share"], 0) for name in ("found", "unsure", "missed")),
            percent(corpus["modern"]["share"]),
        ),
    ]
    return TitledTable("", "", ("LLM code of", *_VERDICTS, "human code of 2021-22: flagged"), tuple(rows))


def figures_of(joined: Mapping[str, Any]) -> dict[tuple[str, str, str], Mapping[str, Any]]:
    """The rows of a long table by population, context and statistic."""
    return {(row["population"], row["context"], row["statistic"]): row for row in joined["table"]}


def rankings_later(joined: Mapping[str, Any]) -> TitledTable:
    """AUROC on the repositories that joined the data later."""
    figure, rows = figures_of(joined), []
    titles = {IN_PROJECTS: "agents in people's projects, human code of 2021-22 of the same"} | {
        f"{AGENTS} against {era}": f"all agents, {era}" for era in (OLD, MODERN)
    }
    for population, title in titles.items():
        found = [figure[population, way, "auroc"] for way in ("by_text", "in_file")]
        cells = (f"{row['value']:.3f} ({row['low']:.3f}-{row['high']:.3f})" for row in found)
        rows.append((f"{title} ({found[0]['n']:,} in {found[0]['repositories']})", *cells))
    return TitledTable(
        "", "", ("AUROC (functions in projects)", "by its own text", "in its file"), tuple(rows)
    )


def lockbox_ways(lockbox: Mapping[str, Any]) -> TitledTable:
    """Agents in people's projects that no data held, by how functions are judged."""
    people, human = lockbox["agents_against_modern_code_of_the_project"], lockbox["human"]
    rows = []
    for key, way in _OF_TRIAL.items():
        auroc, modern = people[key]["auroc"], human[key]["modern"]
        rows.append(
            (
                _WAYS[way],
                f"{auroc['value']:.3f} ({auroc['low']:.3f}-{auroc['high']:.3f})",
                *(_share(**people[key][name]) for name in ("called", "unsure", "called_human")),
                f"{_share(human[key]['old']['share'], *human[key]['old']['interval_90'], digits=1)}",
                f"{_share(modern['share'], *modern['interval_90'], digits=1)}",
                percent(modern["worst_of_50_or_more"]),
            )
        )
    header = (
        "judged",
        "AUROC",
        *_VERDICTS,
        *(f"human, {era}: flagged" for era in ERAS.values()),
        "worst project",
    )
    return TitledTable("", "", header, tuple(rows))


def written_by(figures: Mapping[str, Any]) -> TitledTable:
    """By tool and model, all functions alike; intervals are by bootstrap over commits."""
    rows = tuple(
        (
            row["name"],
            f"{row['functions']:,}",
            f"{row['commits']} ({row['repositories']})",
            *(
                _share(row[name]["value"], *row[name]["interval_90"])
                for name in ("called_in_file", "called_human_in_file")
            ),
        )
        for row in _rows_written_by(figures)
    )
    return TitledTable(
        "", "", ("written by", "functions", "commits (repositories)", "found", "called human"), rows
    )


def _rows_written_by(figures: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from figures["by_tool"]
    yield from figures["by_model"]


def _of_way(metrics: Mapping[str, Any], way: str) -> Mapping[str, Any]:
    of_commits = (metrics.get("commits") or {}).get("false_positives", {})
    found: Mapping[str, Any] = (of_commits | metrics["false_positives"]).get(way, {})
    return found


def _interval_share(found: Mapping[str, Any]) -> str:
    low, high = found["interval_90"]
    return _share(found["share"], low, high, digits=1)


def _share(value: float, low: float | None, high: float | None, *, digits: int = 0) -> str:
    bounds = "" if low is None or high is None else f" ({100 * low:.{digits}f}-{100 * high:.{digits}f})"
    return f"{percent(value, digits)}{bounds}"


def markdown(table: TitledTable) -> str:
    """The table in Markdown, without its title."""

    def line(cells: Sequence[str]) -> str:
        return f"|{''.join(f' {cell} |' if cell else ' |' for cell in cells)}"

    return "\n".join([line(table.header), "|---" * len(table.header) + "|", *map(line, table.rows)])
