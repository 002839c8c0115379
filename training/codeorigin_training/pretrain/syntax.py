"""The position of each token in the syntax tree, as additional targets of pretraining."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from tree_sitter import Language as Grammar
from tree_sitter import Parser, Tree

from codeorigin.languages import Language, get_language
from codeorigin.languages.syntax import parseable
from codeorigin.model.reading.normalize import normalize
from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.arrays import Integers, Integers32
from codeorigin_training.corpus.rows import Row

Codes = Integers32

OTHER = "(other)"


@dataclass(frozen=True, slots=True)
class SyntaxTargets:
    """For every document, int32 ``(T,)`` each: the type of the parent node (an index into ``names``) and the depth."""

    names: tuple[str, ...]
    parents: list[Codes]
    depths: list[Codes]


def syntax_targets(rows: Sequence[Row], tokenizer: Tokenizer, types: int, depths: int) -> SyntaxTargets:
    """Targets of the tokens of ``rows``, as :func:`codeorigin_training.encoder.data.encode_rows` numbers them.

    The ``types - 1`` most frequent node types are kept, the others share index 0; depths are capped at ``depths - 1``.
    Code that a grammar cannot parse is a node like any other (``ERROR``).
    """
    parsers = _Parsers()
    counts: Counter[int] = Counter()
    places: dict[str, int] = {}
    parents, levels = [], []
    for row in rows:
        normalized = normalize(row.code, row.language)
        parent, depth = _leaves(parsers.parse(normalized.text, row.language), normalized.text, places)
        starts = tokenizer.encode(normalized).starts
        parents.append(parent[starts])
        levels.append(np.minimum(depth[starts], depths - 1).astype(np.int32))
        counts.update(parents[-1].tolist())
    kept = sorted(places, key=lambda name: (-counts[places[name]], name))[: types - 1]
    renumbered = np.zeros(len(places) + 1, dtype=np.int32)
    for number, name in enumerate(kept, start=1):
        renumbered[places[name]] = number
    return SyntaxTargets((OTHER, *kept), [renumbered[parent] for parent in parents], levels)


class _Parsers:
    def __init__(self) -> None:
        self._parsers: dict[tuple[str, bool], Parser] = {}

    def parse(self, text: str, language_id: str) -> Tree:
        language = get_language(language_id)
        fragment = language.fragment_grammar is not None and language.fragment_unless not in text
        if (language.id, fragment) not in self._parsers:
            self._parsers[language.id, fragment] = Parser(_grammar(language, fragment))
        return self._parsers[language.id, fragment].parse(parseable(text))


def _grammar(language: Language, fragment: bool) -> Grammar:
    source = language.fragment_grammar if fragment and language.fragment_grammar else language.grammar
    return Grammar(source())


def _leaves(tree: Tree, text: str, places: dict[str, int]) -> tuple[Codes, Codes]:
    """Parent type and depth of every character of ``text``; whitespace between leaves belongs to the next leaf."""
    data = parseable(text)
    parents = np.zeros(len(data) + 1, dtype=np.int32)
    depths = np.zeros(len(data) + 1, dtype=np.int32)
    root = places.setdefault(tree.root_node.type, len(places))
    parents[:] = root
    cursor, reached = tree.walk(), 0
    above: list[int] = []
    while (node := cursor.node) is not None:
        if cursor.goto_first_child():
            above.append(places.setdefault(node.type, len(places)))
            continue
        parents[reached : node.end_byte] = above[-1] if above else root
        depths[reached : node.end_byte] = len(above)
        reached = max(reached, node.end_byte)
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                characters = _character_bytes(text)
                return parents[characters], depths[characters]
            above.pop()
    raise RuntimeError("a syntax tree without a node")


def _character_bytes(text: str) -> Integers:
    """The UTF-8 byte offset of every character."""
    if text.isascii():
        return np.arange(len(text))
    # A lone surrogate is parsed as its replacement, which also takes three bytes.
    sizes = [len(character.encode("utf-8", "surrogatepass")) for character in text]
    return np.cumsum([0, *sizes])[: len(text)]
