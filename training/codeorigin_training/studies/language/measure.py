"""Figures of the model on texts from repositories that it never saw, compared with other tools."""

import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import f1_score

from codeorigin.language_id.model import NONE, LanguageModel
from codeorigin_training.arrays import Floats, Integers
from codeorigin_training.metrics.statistics import expected_calibration_error
from codeorigin_training.report.section import Figure, Section, TitledTable
from codeorigin_training.studies.language.data import LABELS
from codeorigin_training.studies.language.softmax import either_will_do, labels_of
from codeorigin_training.studies.language.texts import Example, TextPart

_TIMED = 5
_SIZES = {"fewer than 10 lines": (0, 9), "10 to 40 lines": (10, 40), "more than 40 lines": (41, sys.maxsize)}
"""Size classes of texts for timing: minimum and maximum number of lines."""

OWN = "this model"
"""Name of the model in comparisons with its peers on the same texts."""

Peer = Callable[[Sequence[Example]], list[str] | None]
"""Labels every text; returns None if the tool is not installed."""


def figures(model: LanguageModel, examples: Sequence[Example]) -> dict[str, Any]:
    """Figures of ``model`` by view (:func:`of_view`), and ``milliseconds`` per text by size (:func:`by_size`).

    Times are the minimum CPU time of five runs, because wall-clock time depends on what else the machine is doing.
    """
    probabilities, times = [], []
    for example in examples:
        spent = []
        for _ in range(_TIMED):
            started = time.thread_time()
            found = model.probabilities(example.text)
            spent.append(1000 * (time.thread_time() - started))
        probabilities.append(found)
        times.append(min(spent))
    table = np.array(probabilities)
    views = [view for view in TextPart if any(example.view is view for example in examples)]
    return {
        "views": {view.value: of_view(table, examples, view, model.threshold) for view in views},
        "milliseconds": by_size([example.text for example in examples], np.array(times)),
    }


def by_size(texts: Sequence[str], milliseconds: Floats) -> dict[str, dict[str, float]]:
    """Number of texts, and median and 95th percentile of ``milliseconds`` ``(n,)``, by size class and for all."""
    lines = np.array([text.count("\n") + 1 for text in texts])
    groups = {name: (lines >= low) & (lines <= high) for name, (low, high) in _SIZES.items()}
    groups["all"] = np.ones(len(lines), dtype=np.bool_)
    return {
        name: {
            "texts": int(inside.sum()),
            "median": float(np.median(milliseconds[inside])),
            "p95": float(np.quantile(milliseconds[inside], 0.95)),
        }
        for name, inside in groups.items()
        if inside.any()
    }


def of_view(
    probabilities: Floats, examples: Sequence[Example], view: TextPart, threshold: float
) -> dict[str, Any]:
    """Figures of the examples of one ``view``; ``probabilities`` ``(n, labels)`` are those of all examples.

    ``accuracy`` is the mean over the languages of the share identified correctly, with an answer required for every
    text. ``either`` also counts an answer as correct if the text is valid in both languages by their grammars (such as
    C and C++). ``f1`` is by language, over code only. ``named`` is the share of code with an answer
    whose own confidence is at least the threshold, ``right`` the share of those answers that are correct,
    ``none_silent`` the share of other texts without one, and ``ece`` the expected calibration error (Naeini et al.,
    2015) over ten bins of confidence, for all texts.
    """
    chosen = np.array([example.view is view for example in examples])
    target, table = labels_of(examples)[chosen], probabilities[chosen]
    answer, confidence = table.argmax(axis=1), table.max(axis=1)
    none = LABELS.index(NONE)
    code = target != none
    named = (answer != none) & (confidence >= threshold)
    texts = [example.text for example in examples if example.view is view]
    will_do = answer == target
    for place in np.flatnonzero(~will_do):
        will_do[place] = either_will_do(texts[place], LABELS[target[place]], LABELS[answer[place]])
    known = np.unique(target[code])
    f1 = f1_score(target[code], answer[code], labels=known, average=None, zero_division=0.0)
    return {
        "texts": int(code.sum()),
        "none_texts": int((~code).sum()),
        "accuracy": _mean([_mean(answer[target == k] == k) for k in known]),
        "either": _mean([_mean(will_do[target == k]) for k in known]),
        "f1": {LABELS[k]: float(value) for k, value in zip(known, f1, strict=True)},
        "named": _mean(named[code]),
        "right": _mean(answer[code & named] == target[code & named]),
        "none_silent": _mean(~named[~code]),
        "ece": expected_calibration_error((answer == target).astype(np.int64), confidence, bins=10),
        "confused": confused(answer, target),
    }


def confused(answer: Integers, target: Integers, count: int = 6) -> list[list[Any]]:
    """The most frequent mistakes as [true label, answer, count]; both arrays are label indices ``(n,)``."""
    pairs = Counter((LABELS[t], LABELS[a]) for t, a in zip(target, answer, strict=True) if t != a)
    return [[true, said, number] for (true, said), number in pairs.most_common(count)]


def pygments_labels(examples: Sequence[Example]) -> list[str]:
    """The label in :data:`LABELS` that ``guess_lexer`` of Pygments gives each text."""
    from pygments.lexers import guess_lexer  # noqa: PLC0415
    from pygments.util import ClassNotFound  # noqa: PLC0415

    names = {"Python": "python", "JavaScript": "javascript", "TypeScript": "typescript", "Java": "java", "Go": "go",
             "C": "c", "C++": "cpp", "C#": "csharp", "Rust": "rust", "PHP": "php", "Ruby": "ruby"}  # fmt: skip
    found = []
    for example in examples:
        try:
            found.append(names.get(guess_lexer(example.text).name, NONE))
        except ClassNotFound:
            found.append(NONE)
    return found


def magika_labels(examples: Sequence[Example]) -> list[str] | None:
    """The label in :data:`LABELS` that magika gives each text; None if it is not installed."""
    try:
        from magika import Magika  # type: ignore[import-not-found, unused-ignore]  # noqa: PLC0415
    except ImportError:
        return None
    names = {"cs": "csharp", **{label: label for label in LABELS}}
    peer = Magika()
    return [
        names.get(str(peer.identify_bytes(example.text.encode()).output.label), NONE) for example in examples
    ]


def language_tables(measured: Mapping[str, Any]) -> list[TitledTable]:
    """The results of :func:`figures` and :func:`compared`, for the studies page and the model card."""
    views: Mapping[str, Mapping[str, Any]] = measured["views"]
    peers: Mapping[str, Mapping[str, float]] = measured["peers"]
    name = TextPart.LONG.value if TextPart.LONG.value in views else next(iter(views))
    longest = views[name]
    columns = {
        **{name: name for name in ("accuracy", "either", "named", "right")},
        "silent on none": "none_silent",
        "ECE": "ece",
    }
    mistakes = ", ".join(f"{true} taken for {said} ({number})" for true, said, number in longest["confused"])
    tables = [
        TitledTable(
            "Figures",
            "Measured on unseen repositories. Accuracy is the mean over the languages if it always has to answer. In "
            "*either*, an answer is also right if the text is valid in both languages by their grammars (C and C++, "
            "JavaScript and TypeScript). *Named* is the share of code with an answer that is not below the threshold by "
            "itself, *right* the share of those that are right, *silent on none* the share of texts in no language "
            "without one, and ECE the expected calibration error.",
            ("text", *columns),
            tuple(
                (view, *(f"{of_view[key]:.3f}" for key in columns.values()))
                for view, of_view in views.items()
            ),
        ),
        TitledTable(
            "F1 by language",
            f"On {name}. Most frequent mistakes there: {mistakes}.",
            ("language", "F1"),
            tuple((language, f"{value:.2f}") for language, value in longest["f1"].items()),
        ),
        TitledTable(
            "Compared with other tools",
            "Accuracy (mean over the languages, always answering) on the same texts for all: a sample by language "
            "of those in the first table, code only.",
            ("text", "texts", *peers),
            tuple(
                (
                    view,
                    f"{count:,}",
                    *(f"{peer[view]:.3f}" if view in peer else "-" for peer in peers.values()),
                )
                for view, count in measured["peer_texts"].items()
            ),
        ),
        TitledTable(
            "Time",
            "Milliseconds per text on one core of the machine that measured it, best of five runs.",
            ("text", "texts", "median", "95th percentile"),
            tuple(
                (name, f"{times['texts']:,}", f"{times['median']:.1f}", f"{times['p95']:.1f}")
                for name, times in measured["milliseconds"].items()
            ),
        ),
    ]
    return [table for table in tables if table.rows]


def language_section(measured: Mapping[str, Any]) -> Section:
    """The results of :func:`figures` and :func:`compared` as a section of the studies page."""
    return Section(
        title="Which language is it in",
        note="Texts of repositories never seen, by how much of a function is shown.",
        findings=(f"{measured['milliseconds']['all']['median']:.1f} ms a text (median).",),
        tables=tuple(language_tables(measured)),
        figures=(
            *(Figure(f"accuracy: {name}", view["accuracy"]) for name, view in measured["views"].items()),
            *(
                Figure(f"accuracy beside others: {peer}: {name}", value)
                for peer, of_peer in measured["peers"].items()
                for name, value in of_peer.items()
            ),
            *(
                Figure(f"milliseconds, 95th percentile: {name}", times["p95"])
                for name, times in measured["milliseconds"].items()
            ),
        ),
    )


def peer_sample(examples: Sequence[Example], most: int, seed: int) -> list[Example]:
    """At most ``most`` code ``examples`` of each language and view; a single draw would leave few of some kinds."""
    groups: dict[tuple[str, str], list[Example]] = defaultdict(list)
    for example in examples:
        if example.label != NONE:
            groups[example.view.value, example.label].append(example)
    random_ = random.Random(seed)
    drawn = [random_.sample(inside, min(len(inside), most)) for _, inside in sorted(groups.items())]
    return list(chain.from_iterable(drawn))


def compared(
    model: LanguageModel, examples: Sequence[Example], peers: Mapping[str, Peer]
) -> dict[str, dict[str, Any]]:
    """``peers``: accuracy of the model and others on the same ``examples``; ``peer_texts``: number of texts by view.

    An accuracy is a mean over the languages. Peers that are not installed are left out.
    """

    def own(asked: Sequence[Example]) -> list[str]:
        return [LABELS[int(model.probabilities(example.text).argmax())] for example in asked]

    asked = pd.DataFrame(
        [(example.view.value, example.label) for example in examples], columns=["view", "label"]
    )
    answers = {name: said for name, ask in {OWN: own, **peers}.items() if (said := ask(examples)) is not None}
    found = {}
    for name, said in answers.items():
        right = asked.assign(right=asked["label"] == said)[asked["label"] != NONE]
        by_language = right.groupby(["view", "label"], sort=False)["right"].mean()
        found[name] = by_language.groupby("view").mean().to_dict()
    counts = asked["view"].value_counts()
    views = [view.value for view in TextPart if view.value in counts]
    return {
        "peers": {
            name: {view: view_figures[view] for view in views if view in view_figures}
            for name, view_figures in found.items()
        },
        "peer_texts": {view: int(counts[view]) for view in views},
    }


def _mean(values: Any) -> float:
    return float(np.mean(values)) if len(values) else 0.0
