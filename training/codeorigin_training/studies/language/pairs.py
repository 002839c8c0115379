"""Fit the weight of grammars for pairs of similar languages, on texts that were not used in training."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.optimize import minimize_scalar

from codeorigin.language_id.grammars import PAIRS, Legality, legality
from codeorigin.language_id.model import Floats, LanguageModel
from codeorigin_training.studies.language.views import Example

_MOST = 6.0
_RIDGE = 0.05
"""Penalty on the squared shift, so that a dozen texts that agree do not lead to certainty."""


def grammar_shifts(
    model: LanguageModel, examples: Sequence[Example], probabilities: Floats
) -> dict[str, Mapping[Legality, float]]:
    """The shifts of the log odds of each pair's first language, by the grammars' answer; in logits.

    ``probabilities`` ``(len(examples), labels)`` are those of ``model`` without shifts. Each shift maximises the
    penalised likelihood of the pair's undecided texts with the same answer of the grammars; 0 if there are none.
    """
    met: dict[tuple[str, Legality], list[tuple[float, bool]]] = {}
    for example, each in zip(examples, probabilities, strict=True):
        name = model.open_pair(each)
        if name is None or example.label not in PAIRS[name]:
            continue
        first, second = (model.labels.index(label) for label in PAIRS[name])
        odds = float(np.log(each[first] / each[second]))
        said = legality(example.text, PAIRS[name])
        met.setdefault((name, said), []).append((odds, example.label == PAIRS[name][0]))
    return {name: {said: _shift(met.get((name, said), [])) for said in Legality} for name in PAIRS}


def _shift(texts: Sequence[tuple[float, bool]]) -> float:
    if not texts:
        return 0.0
    odds, is_first = (np.array(column) for column in zip(*texts, strict=True))
    signs = np.where(is_first, 1.0, -1.0)

    def loss(shift: float) -> float:
        return float(np.logaddexp(0, -signs * (odds + shift)).sum() + _RIDGE * shift**2)

    return float(minimize_scalar(loss, bounds=(-_MOST, _MOST), method="bounded").x)


def either_will_do(text: str, label: str, answer: str) -> bool:
    """Whether ``label`` and ``answer`` are a pair of languages whose grammars both accept ``text``."""
    pair = next((pair for pair in PAIRS.values() if {label, answer} == set(pair)), None)
    return pair is not None and legality(text, pair) is Legality.BOTH
