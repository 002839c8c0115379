"""The single entry point for documents with code: text -> regions of (language, text, positions)."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from codeorigin.cancellation import NEVER, CancelToken
from codeorigin.functions.embedded.blocks import Block
from codeorigin.functions.embedded.ignore_marks import ignores_block, ignores_document
from codeorigin.functions.embedded.info_strings import language_of_word, language_word
from codeorigin.functions.embedded.markdown import markdown_blocks
from codeorigin.functions.embedded.restructuredtext import restructuredtext_blocks
from codeorigin.functions.spans import Region
from codeorigin.languages.hosts import MARKDOWN, RESTRUCTUREDTEXT, Host, find_host
from codeorigin.text.positions import LineIndex

_SCANNERS: Mapping[str, Callable[[LineIndex], Iterable[Block]]] = MappingProxyType(
    {MARKDOWN.id: markdown_blocks, RESTRUCTUREDTEXT.id: restructuredtext_blocks}
)
_DEPTH = 3
"""Maximum depth of documents inside documents, like a Markdown example in a Markdown manual."""


def regions_of(
    lines: LineIndex, host: Host, languages: Collection[str] | None = None, cancel: CancelToken = NEVER
) -> tuple[Region, ...]:
    """The regions of a document, in order; the language of a block that does not name one is guessed from its text.

    Blocks in languages other than ``languages`` (None: all supported ones), and blocks whose language cannot be
    guessed with confidence, are left out.

    Raises:
        ModelError: a language had to be guessed, and the language identification model is missing or broken.
        Cancelled: ``cancel``, which is checked before each block, was cancelled.
    """
    return tuple(_regions(lines, host, languages, cancel, 0))


def region_at(regions: Iterable[Region], first: int, last: int) -> Region | None:
    """The first of ``regions`` that overlaps the lines ``first`` to ``last``, inclusive; None if there is none."""
    return next(
        (each for each in regions if each.first_line <= last and each.first_line + len(each.shifts) > first),
        None,
    )


def _regions(
    lines: LineIndex, host: Host, languages: Collection[str] | None, cancel: CancelToken, depth: int
) -> Iterator[Region]:
    all_ignored = ignores_document(lines, host)
    for block in _SCANNERS[host.id](lines):
        cancel.raise_if_cancelled()
        ignored = all_ignored or ignores_block(lines, host, block.opening)
        word = language_word(block.info)
        inner = find_host(word) if word and depth < _DEPTH else None
        if inner is not None:
            for region in _regions(LineIndex(block.text), inner, languages, cancel, depth + 1):
                yield _inside(region, block, ignored=ignored)
            continue
        language, confidence = (language_of_word(word), None) if word else _guessed(block.text)
        if language is not None and (languages is None or language in languages):
            yield Region(language, block.text, block.first_line, block.shifts, confidence, ignored)


def _guessed(text: str) -> tuple[str | None, float | None]:
    from codeorigin.language_id import guess_language  # noqa: PLC0415 - loads a model

    guess = guess_language(text)
    return guess.language, guess.confidence


def _inside(region: Region, block: Block, *, ignored: bool) -> Region:
    """A region inside ``block``, with its positions in the document that contains the block."""
    outer = block.shifts[region.first_line : region.first_line + len(region.shifts)]
    shifts = tuple(own + more for own, more in zip(region.shifts, outer, strict=True))
    return replace(
        region,
        first_line=region.first_line + block.first_line,
        shifts=shifts,
        ignored=region.ignored or ignored,
    )
