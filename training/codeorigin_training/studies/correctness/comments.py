"""A function's text: its comments replaced or read for their language, and its BLEU against another."""

import math
import re
from collections import Counter

from codeorigin.languages.construct import CONSTRUCTS, Construct
from codeorigin.languages.parse_budget import ParseBudgetError
from codeorigin_training.data.perturb import read_lines, without_comments

_SIGNATURE = CONSTRUCTS.index(Construct.SIGNATURE)
_TOKEN = re.compile(r"\w+|[^\w\s]")
_ORDERS = 4


def with_comments_of(code: str, other: str, language: str) -> str:
    """``code`` with its comment lines replaced by those of ``other``, all of them at the start of its body."""
    bare, _ = without_comments(code, language)
    _, lines = without_comments(other, language)
    if not lines:
        return bare
    rows = bare.split("\n")
    header = 0
    try:
        read = list(read_lines(bare, language))
    except ParseBudgetError:
        return code
    for number, line in enumerate(read):
        if _SIGNATURE in line.constructs:
            header = number
        elif line.text:
            break
    # A brace on a separate line stays above the comments.
    place = header + 1
    if place < len(rows) and rows[place].strip() == "{":
        place += 1
    body = next((row for row in rows[place:] if row.strip()), "    ")
    indent = body[: len(body) - len(body.lstrip())] or "    "
    return "\n".join([*rows[:place], *(indent + line for line in lines), *rows[place:]])


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
