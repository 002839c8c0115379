"""BLEU of two pieces of code, over the tokens of a language-independent lexer."""

import math
import re
from collections import Counter

_TOKEN = re.compile(r"\w+|[^\w\s]")
_ORDERS = 4


def bleu(candidate: str, reference: str) -> float:
    """BLEU-4 with one reference, 0 to 1; an order without a match counts as half a match.

    Source: Papineni et al. (ACL 2002), section 2.3; smoothing by Chen and Cherry (WMT 2014), method 1.
    """
    found, wanted = _TOKEN.findall(candidate), _TOKEN.findall(reference)
    if not found or not wanted:
        return 0.0
    logs = []
    for order in range(1, min(_ORDERS, len(found), len(wanted)) + 1):
        ours, theirs = _ngrams(found, order), _ngrams(wanted, order)
        matches = sum(min(count, theirs[ngram]) for ngram, count in ours.items())
        logs.append(math.log((matches or 0.5) / sum(ours.values())))
    brevity = min(0.0, 1.0 - len(wanted) / len(found))
    return math.exp(brevity + sum(logs) / len(logs))


def _ngrams(tokens: list[str], order: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(tokens[start : start + order]) for start in range(len(tokens) - order + 1))
