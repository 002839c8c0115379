"""A function's text: its comments replaced or read for their language, and its BLEU against another."""

import math
import re
from collections import Counter

from codeorigin.languages.construct import CONSTRUCTS, Construct
from codeorigin.languages.constructs import character_constructs
from codeorigin_training.data.perturb import read_lines, without_comments

_COMMENTS = {CONSTRUCTS.index(Construct.COMMENT), CONSTRUCTS.index(Construct.DOCSTRING)}
_SIGNATURE = CONSTRUCTS.index(Construct.SIGNATURE)
_WORD = re.compile(r"[^\W\d_]{2,}")
_OTHER_WORDS = {
    "es": "el los las una para por como esta este del que con si valor lista cuando cada",
    "fr": "le les des une pour dans sur avec est sont cette pas qui que valeur liste chaque donc",
    "de": "der die das ein eine und fuer für mit ist sind wird nicht wenn auf zum zur wert liste",
    "pt": "os as um uma para por como esta este do da dos das que com se não valor lista quando",
    "it": "il lo gli una per con che del della di non sono questo questa valore lista quando",
}
_ENGLISH_WORDS = """
    the is of to and in for this that be not if we are it with from on as by or an will has should
"""
_ENGLISH = frozenset(_ENGLISH_WORDS.split())
_FEW = 4
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
    for number, line in enumerate(read_lines(bare, language)):
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


def comment_language(code: str, language: str) -> str | None:
    """``english``, ``other script``, ``other language`` (in Latin letters), or None if there are too few words.

    Decided by the script of the letters, then by frequent short words.
    """
    codes = character_constructs(code, language)
    text = "".join(
        character if mark in _COMMENTS else " " for character, mark in zip(code, codes, strict=True)
    )
    letters = [character for character in text if character.isalpha()]
    if sum(ord(character) > 0x2FF for character in letters) > 0.3 * max(len(letters), 1):
        return "other script"
    words = [word.lower() for word in _WORD.findall(text)]
    if len(words) < _FEW:
        return None
    english = sum(word in _ENGLISH for word in words)
    others = max(sum(word in set(known.split()) for word in words) for known in _OTHER_WORDS.values())
    return "other language" if others > english and others >= 2 else "english"


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
