"""Figures of the model on texts from repositories that it never saw, compared with other tools."""

import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import f1_score

from codeorigin.language_id.model import NONE, LanguageModel
from codeorigin.languages import MODEL_LANGUAGES
from codeorigin_training.arrays import Floats
from codeorigin_training.metrics.statistics import expected_calibration_error
from codeorigin_training.metrics.table import Estimate, Figure
from codeorigin_training.report.cells import TitledTable, number, pivot
from codeorigin_training.report.section import Section
from codeorigin_training.studies.language.data import LABELS
from codeorigin_training.studies.language.softmax import either_will_do, labels_of
from codeorigin_training.studies.language.texts import Example, TextPart

_TIMED = 5
OWN = "this model"
"""Name of the model in comparisons with its peers on the same texts."""

ACCURACY, F1, MEDIAN, P95 = "accuracy", "F1", "median", "95th percentile"
ON_SAMPLE = "accuracy on the sample"
_MISTAKES = 6

Peer = Callable[[Sequence[Example]], list[str] | None]
"""Labels every text; returns None if the tool is not installed."""


def figures(model: LanguageModel, examples: Sequence[Example]) -> list[Figure]:
    """Figures of ``model`` by view (:func:`of_view`), and milliseconds per text (:func:`time_figures`).

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
    return [
        *(figure for view in views for figure in of_view(table, examples, view, model.threshold)),
        *time_figures(np.array(times)),
    ]


def time_figures(milliseconds: Floats) -> Iterator[Figure]:
    """Median and 95th percentile of ``milliseconds`` ``(n,)`` per text."""
    for statistic, share in ((MEDIAN, 0.5), (P95, 0.95)):
        found = Estimate(float(np.quantile(milliseconds, share)), n=len(milliseconds))
        yield found.named("all", "milliseconds", statistic)


def of_view(
    probabilities: Floats, examples: Sequence[Example], view: TextPart, threshold: float
) -> Iterator[Figure]:
    """Figures of the examples of one ``view``; ``probabilities`` ``(n, labels)`` are those of all examples.

    ``accuracy`` is the mean over the languages of the share identified correctly, with an answer required for every
    text. ``either`` also counts an answer as correct if the text is valid in both languages by their grammars (such as
    C and C++). ``F1`` is by language, over code only. ``named`` is the share of code with an answer
    whose own confidence is at least the threshold, ``right`` the share of those answers that are correct,
    ``silent on none`` the share of other texts without one, and ``ECE`` the expected calibration error (Naeini et al.,
    2015) over ten bins of confidence, for all texts. The others count the most frequent mistakes.
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
    values = {
        ACCURACY: _mean([_mean(answer[target == k] == k) for k in known]),
        "either": _mean([_mean(will_do[target == k]) for k in known]),
        "named": _mean(named[code]),
        "right": _mean(answer[code & named] == target[code & named]),
        "silent on none": _mean(~named[~code]),
        "ECE": expected_calibration_error((answer == target).astype(np.int64), confidence, bins=10),
    }
    of = {"silent on none": int((~code).sum()), "ECE": len(target)}
    for statistic, value in values.items():
        yield Estimate(value, n=of.get(statistic, int(code.sum()))).named(view.value, OWN, statistic)
    f1 = f1_score(target[code], answer[code], labels=known, average=None, zero_division=0.0)
    for k, value in zip(known, f1, strict=True):
        yield Estimate(float(value)).named(view.value, OWN, F1, LABELS[k])
    mistakes = Counter(
        (LABELS[true], LABELS[said]) for true, said in zip(target, answer, strict=True) if true != said
    )
    for (true, said), count in mistakes.most_common(_MISTAKES):
        yield Estimate(float(count)).named(view.value, OWN, f"{true} taken for {said}")


def pygments_labels(examples: Sequence[Example]) -> list[str]:
    """The label in :data:`LABELS` that ``guess_lexer`` of Pygments gives each text."""
    from pygments.lexers import guess_lexer  # noqa: PLC0415
    from pygments.util import ClassNotFound  # noqa: PLC0415

    names = {name: language for language, name in MODEL_LANGUAGES.items()}
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


def language_tables(measured: Sequence[Figure]) -> list[TitledTable]:
    """The figures as tables, for card and page."""
    of_views = [figure for figure in measured if figure.context == OWN and figure.statistic != ON_SAMPLE]
    views = list(dict.fromkeys(figure.population for figure in of_views))
    shown = TextPart.LONG.value if TextPart.LONG.value in views else views[0]
    mistakes = ", ".join(
        f"{figure.statistic} ({figure.value:.0f})"
        for figure in of_views
        if figure.population == shown and " taken for " in figure.statistic
    )
    tables = [
        pivot(
            [of for of in of_views if of.language == "all" and " taken for " not in of.statistic],
            title="Figures",
            note=(
                "Measured on unseen repositories. Accuracy is the mean over the languages if it always has to answer. "
                "In *either*, an answer is also right if the text is valid in both languages by their grammars (C and "
                "C++, JavaScript and TypeScript). *Named* is the share of code with an answer that is not below the "
                "threshold by itself, *right* the share of those that are right, *silent on none* the share of texts "
                "in no language without one, and ECE the expected calibration error."
            ),
            corner="text",
        ),
        pivot(
            [of for of in of_views if of.population == shown and of.statistic == F1],
            lambda figure: number(figure.value, 2),
            title="F1 by language",
            note=f"On {shown}. Most frequent mistakes there: {mistakes}.",
            corner="language",
            rows=lambda figure: figure.language,
        ),
        pivot(
            [figure for figure in measured if figure.statistic == ON_SAMPLE],
            title="Compared with other tools",
            note=(
                "Accuracy (mean over the languages, always answering) on the same texts for all: a sample by language "
                "of those in the first table, code only."
            ),
            corner="text (texts)",
            rows=lambda figure: f"{figure.population} ({figure.n:,})",
            columns=lambda figure: figure.context,
        ),
        pivot(
            [figure for figure in measured if figure.context == "milliseconds"],
            lambda figure: number(figure.value, 1),
            title="Time",
            note="Milliseconds per text on one core of the machine that measured it, best of five runs.",
            corner="text (texts)",
            rows=lambda figure: f"{figure.population} ({figure.n:,})",
        ),
    ]
    return [table for table in tables if table.rows]


def log_lines(measured: Sequence[Figure]) -> list[str]:
    """The figures of each view in one line."""
    lines: dict[str, list[str]] = {}
    for figure in measured:
        if figure.context == OWN and figure.statistic in (ACCURACY, "named", "right", "ECE"):
            lines.setdefault(figure.population, []).append(f"{figure.statistic} {figure.value:.3f}")
    return [f"{view}: {', '.join(values)}" for view, values in lines.items()]


def median_time(measured: Sequence[Figure]) -> float:
    """Median milliseconds per text, of all texts."""
    (found,) = (
        figure.value for figure in measured if (figure.population, figure.statistic) == ("all", MEDIAN)
    )
    assert found is not None
    return found


def language_section(measured: Sequence[Figure]) -> Section:
    """The results of :func:`figures` and :func:`compared` as a section of the studies page."""
    return Section(
        title="Which language is it in",
        note="Texts of repositories never seen, by how much of a function is shown.",
        findings=(f"{median_time(measured):.1f} ms a text (median).",),
        tables=tuple(language_tables(measured)),
        figures=tuple(measured),
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
) -> Iterator[Figure]:
    """Accuracy of the model and others on the same ``examples`` by view, a mean over the languages.

    Peers that are not installed are left out.
    """

    def own(asked: Sequence[Example]) -> list[str]:
        return [LABELS[int(model.probabilities(example.text).argmax())] for example in asked]

    asked = pd.DataFrame(
        [(example.view.value, example.label) for example in examples], columns=["view", "label"]
    )
    counts = asked["view"].value_counts()
    for name, ask in {OWN: own, **peers}.items():
        if (said := ask(examples)) is not None:
            right = asked.assign(right=asked["label"] == said)[asked["label"] != NONE]
            by_language = right.groupby(["view", "label"], sort=False)["right"].mean()
            by_view = by_language.groupby("view").mean()
            for view in TextPart:
                if view.value in by_view:
                    found = Estimate(float(by_view[view.value]), n=int(counts[view.value]))
                    yield found.named(view.value, name, ON_SAMPLE)


def _mean(values: Any) -> float:
    return float(np.mean(values)) if len(values) else 0.0
