"""How the model does on code of which records say who wrote it: figures by tool and model.

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
from codeorigin_training.metrics.statistics import bootstrap_interval

_FEWEST_BY_TOOL, _FEWEST_BY_MODEL = 20, 30
_SAMPLES = 1_000
_WRITTEN = {"lines", "commit"}


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


if __name__ == "__main__":
    sys.stdout.write(json.dumps(declared_figures(Path(sys.argv[1])), indent=1) + "\n")
