"""Generate texts in none of the supported languages with varied words: data, logs, markup, prose, other languages."""

import difflib
import json
import random
from collections.abc import Callable

from codeorigin_training.studies.language.views import fill, templates

_LINES = templates("none_lines.toml")

_PROSE = """
    the a of to and in is that it for on with as this be are was by not from or have an at which you can
    if will has we when more use all one no may any other than so but only there how should new file
    code function value about because please after before first then each does time work need used using
    would also into some what where list hello thanks meeting tomorrow team think issue report question
    answer weekend project idea release people good
"""
_WORDS = _PROSE.split()


def _prose(random_: random.Random, word: Callable[[], str]) -> str:
    sentences = []
    for _ in range(random_.randint(2, 14)):
        words = [
            word() if random_.random() < 0.25 else random_.choice(_WORDS)
            for _ in range(random_.randint(4, 18))
        ]
        words[0] = words[0].capitalize()
        if random_.random() < 0.3:
            words[random_.randrange(len(words))] += ","
        sentences.append(" ".join(words) + random_.choice("....?!:"))
    text = sentences[0]
    for sentence in sentences[1:]:
        text += random_.choice((" ", " ", "\n", "\n\n")) + sentence
    return text


def _json(random_: random.Random, word: Callable[[], str], depth: int = 0) -> object:
    if depth > 2 or random_.random() < 0.35:
        return random_.choice(
            (word(), f"{word()} {word()}", random_.randint(0, 9999), random_.random(), True, False, None)
        )
    if random_.random() < 0.4:
        return [_json(random_, word, depth + 1) for _ in range(random_.randint(0, 5))]
    return {word(): _json(random_, word, depth + 1) for _ in range(random_.randint(1, 6))}


def _json_text(random_: random.Random, word: Callable[[], str]) -> str:
    value = {word(): _json(random_, word) for _ in range(random_.randint(1, 8))}
    return json.dumps(value, indent=random_.choice((None, 2, 4, "\t")))


def _diff(random_: random.Random, code: str) -> str:
    old = code.split("\n")
    new = [line for line in old if random_.random() > 0.15]
    for _ in range(random_.randint(1, 3)):
        new.insert(random_.randint(0, len(new)), random_.choice(old))
    lines = list(difflib.unified_diff(old, new, "a/file", "b/file", lineterm=""))
    return "\n".join(lines) if lines else "--- a/file\n+++ b/file"


def none_texts(
    count: int, word: Callable[[], str], code: Callable[[], str], random_: random.Random
) -> list[tuple[str, str]]:
    """``count`` texts of each kind, as (kind, text), with names from ``word`` and diffs of functions from ``code``."""
    made = []
    for _ in range(count):
        for kind, lines in _LINES.items():
            chosen = [random_.choice(lines) for _ in range(random_.randint(2, 25))]
            text = fill("\n".join(chosen), word, random_)
            made.append((kind, text))
        made.append(("prose", _prose(random_, word)))
        made.append(("json", _json_text(random_, word)))
        made.append(("diff", _diff(random_, code())))
    return made
