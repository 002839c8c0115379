"""How the model does on code of which records say who wrote it: figures by tool and model, and their tables.

The figures are made of the JSON reports of ``codeorigin evaluate-declared``, one file a repository, whose name is that
of the repository with ``+`` in place of the slash: ``python -m codeorigin_training.experiments.declared FOLDER``.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from codeorigin_training.data.rows import numbered
from codeorigin_training.experiments.trials import ExperimentError, Trial
from codeorigin_training.metrics.statistics import bootstrap_interval
from codeorigin_training.report.document import Block, Heading, Paragraph, Table

_FEWEST_BY_TOOL, _FEWEST_BY_MODEL = 20, 30
_SAMPLES = 1_000
_WRITTEN = {"lines", "commit"}
_WAYS = {
    "own": "by its own text",
    "in_file": "in its file",
    "own+past": "by its own text, with the project's past",
    "in_file+past": "in its file, with the project's past",
}


def agent_functions(folder: Path) -> Iterator[dict[str, Any]]:
    """The functions of agents in the reports in ``folder``, each with its ``repository``."""
    for path in sorted(folder.glob("*+*.json")):
        repository = path.stem.replace("+", "/", 1)
        for load in json.loads(path.read_text(encoding="utf-8"))["functions"]:
            if load["kind"] == "agent" and load["strength"] in _WRITTEN:
                yield load | {"repository": repository}


def by_key(functions: Sequence[Mapping[str, Any]], key: str, fewest: int) -> list[dict[str, Any]]:
    """For each value of ``key`` with ``fewest`` functions, the most first, how many functions are called what.

    The intervals are of 90 %, by bootstrap over commits.
    """
    rows = []
    for name, count in Counter(function[key] for function in functions).most_common():
        some = [function for function in functions if function[key] == name]
        if name is None or count < fewest:
            continue
        commits = [f"{repository['repository']} {repository['commit']}" for repository in some]
        rows.append(
            {
                "name": name,
                "functions": count,
                "commits": len(set(commits)),
                "repositories": len({repository["repository"] for repository in some}),
            }
            | {
                f"{called}_{way}": _share([repository[way]["band"] == band for repository in some], commits)
                for way in ("own", "in_file")
                for called, band in (("called", "llm"), ("called_human", "human"))
            }
        )
    return rows


def _share(called: Sequence[bool], commits: Sequence[str]) -> dict[str, Any]:
    values = np.array(called, dtype=np.float64)
    low, high = bootstrap_interval(
        numbered(commits), lambda index: float(values[index].mean()), rounds=_SAMPLES
    )
    return {
        "value": round(float(values.mean()), 4),
        "interval_90": [round(low, 4), round(high, 4)],
    }


def declared_figures(folder: Path) -> dict[str, Any]:
    """The figures of the reports in ``folder``, by tool and by model."""
    functions = list(agent_functions(folder))
    return {
        "functions": len(functions),
        "repositories": sorted({function["repository"] for function in functions}),
        "by_tool": by_key(functions, "tool", _FEWEST_BY_TOOL),
        "by_model": by_key(functions, "model", _FEWEST_BY_MODEL),
    }


def agents_sections(trials: Mapping[str, Trial]) -> list[Block]:
    """The part of the quality page about agents in people's projects, by the newest trials of that kind."""
    lockbox, figures = _newest(trials, "lockbox-")
    modern, human = figures["agents_against_modern_code_of_the_project"], figures["human"]
    counts = figures["functions"]
    records, recorded = _newest(trials, "records-")
    lengths = ", ".join(
        f"{figure['lines']} lines {_percent(figure['called_in_file'])}" for figure in figures["by_length"]
    )
    return [
        Heading("Agents in people's projects"),
        Paragraph(
            "The table above is about repositories of our corpus, of which an agent built many. Where agents work "
            "inside people's code, less is found. This is measured once for a release, after its choices are made, on "
            f"{len(figures['repositories'])} well-known public repositories of mid-2026 that no data of ours has read, "
            "by `codeorigin evaluate-declared`: an agent's functions are those all of whose lines were "
            "last changed by commits that name it, human ones those all of whose lines are from before December 2022 "
            f"and name none. The first four columns compare {modern['llm_functions']:,} functions by agents with "
            f"{modern['human_functions']:,} human ones of 2021-22 in the same {modern['projects']} projects; the last "
            f"three are of {counts['old']:,} and {counts['modern']:,} human functions in "
            f"{human['own']['old']['repositories']} and {human['own']['modern']['repositories']} projects. Projects "
            "weigh the same; intervals are 90 %, by bootstrap over projects. The model is codeorigin-small "
            f"{trials[lockbox].model}."
        ),
        Table(
            (
                *("judged", "AUROC", "LLM-written: found", "unsure", "called human"),
                *("human, before mid-2021: flagged", "2021-07 to 2022-11: flagged", "worst project"),
            ),
            [_way(name, modern[way], human[way]) for way, name in _WAYS.items()],
        ),
        Paragraph(
            "By tool, and by model where commits name it, all functions alike, without the past; intervals are by "
            "bootstrap over commits. Single projects and kinds of commits decide such rows, so they rank nothing."
        ),
        _written_by(figures),
        Paragraph(f"By length, in the file: {lengths} found. {_source(lockbox)}"),
        Heading("By records of lines", 3),
        Paragraph(
            f"The same for {recorded['unseen']['functions']:,} functions in "
            f"{len(recorded['unseen']['repositories'])} repositories that keep records of lines (git-ai, whogitit, "
            "Agent Trace) and were in no data of ours; where no record speaks of a function's lines, their commits name "
            "the agent. Agents built most of these repositories, so that more is found than in the table above. "
            f"The model is codeorigin-small {trials[records].model}."
        ),
        _written_by(recorded["unseen"]),
        Paragraph(
            f"{len(recorded['seen']['repositories'])} more repositories with such records were part of our data; their "
            f"{recorded['seen']['functions']:,} functions show no more than that the command works. {_source(records)}"
        ),
    ]


def _newest(trials: Mapping[str, Trial], prefix: str) -> tuple[str, Mapping[str, Any]]:
    """The last of the trials whose names begin with ``prefix``; raises ExperimentError without one."""
    names = [name for name in trials if name.startswith(prefix)]
    if not names:
        raise ExperimentError(f"no trial is called {prefix}*.json; record one")
    return names[-1], trials[names[-1]].figures


def _way(name: str, found: Mapping[str, Any], human: Mapping[str, Any]) -> list[str]:
    old, modern = human["old"], human["modern"]
    auroc, (low, high) = found["auroc"], modern["interval_90"]
    return [
        name,
        f"{auroc['value']:.3f} ({auroc['low']:.3f}-{auroc['high']:.3f})",
        *(_with_interval(found[name]) for name in ("called", "unsure", "called_human")),
        _percent(old["share"], 2),
        f"{_percent(modern['share'], 2)} ({100 * low:.2f}-{100 * high:.2f})",
        _percent(modern["worst_of_50_or_more"], 1),
    ]


def _written_by(figures: Mapping[str, Any]) -> Table:
    return Table(
        (
            *("written by", "functions", "commits (repositories)"),
            *("found, own text", "found, in the file", "called human, in the file"),
        ),
        [
            [
                figure["name"],
                f"{figure['functions']:,}",
                f"{figure['commits']} ({figure['repositories']})",
                *(
                    _with_interval(figure[name])
                    for name in ("called_own", "called_in_file", "called_human_in_file")
                ),
            ]
            for figure in [*figures["by_tool"], *figures["by_model"]]
        ],
    )


def _source(name: str) -> str:
    return (
        f"The repositories and all figures are in [the trial's record](../training/experiments/{name}.json)."
    )


def _percent(share: float, digits: int = 0) -> str:
    return f"{100 * share:.{digits}f} %"


def _with_interval(figure: Mapping[str, Any]) -> str:
    low, high = (figure["low"], figure["high"]) if "low" in figure else figure["interval_90"]
    return f"{_percent(figure['value'])} ({100 * low:.0f}-{100 * high:.0f})"


if __name__ == "__main__":
    sys.stdout.write(json.dumps(declared_figures(Path(sys.argv[1])), indent=1) + "\n")
