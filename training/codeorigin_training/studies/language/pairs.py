"""How much the grammars of languages that share most of their texts count: fitted on texts that were not learnt."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.optimize import minimize_scalar

from codeorigin.language_id.grammars import PAIRS, Legality, legality
from codeorigin.language_id.model import Floats, LanguageModel
from codeorigin_training.studies.language.views import Example

_MOST = 6.0
_RIDGE = 0.05
"""Of the squared shift, so that a dozen texts that all go one way do not give certainty."""


def grammar_shifts(
    model: LanguageModel, examples: Sequence[Example], probabilities: Floats
) -> dict[str, Mapping[Legality, float]]:
    """The shifts of the log odds of each pair's first language, by what the grammars say; in logits.

    ``probabilities`` ``(len(examples), labels)`` are those of ``model`` without shifts. Each shift maximises the
    likelihood of the pair's texts that are open and of which the grammars say the same; 0 where there are none.
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
    """Whether ``label`` and ``answer`` are a pair whose grammars both read ``text``: it is in both languages."""
    pair = next((pair for pair in PAIRS.values() if {label, answer} == set(pair)), None)
    return pair is not None and legality(text, pair) is Legality.BOTH
