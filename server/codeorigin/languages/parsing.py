"""Parses a text so that the parser can be cancelled and is guaranteed to end, whatever the text."""

import ctypes
import sys
from collections.abc import Sequence

from tree_sitter import Language as Grammar
from tree_sitter import Node, Parser, Point, Tree

from codeorigin.cancellation import NEVER, CancelToken
from codeorigin.errors import CodeOriginError

_SMALL = 65_536
"""Even the worst text of this many bytes takes a fraction of a second, so it is parsed in one go, which is faster."""
_CHUNK = 4_096
_MOST_HANDED_OUT = 256
_BUDGET = 16_000_000
_BUDGET_PER_BYTE = 16
_MOST_SIBLINGS = 30_000
_MOST_DEPTHS = 125_000_000
"""Largest sum of the depths of all nodes. A query may visit each node once for every ancestor; this many visits take
one or two seconds. None of 1,900 large files of real code had an eighth of it."""
_DEPTH_EVERY = 256


class ParseBudgetError(CodeOriginError):
    """Parsing would take quadratic time: the parser read the text over and over, or could make nothing of it."""


_give_back = ctypes.pythonapi.Py_DecRef
_give_back.argtypes = [ctypes.py_object]
_give_back.restype = None


class _Reader:
    """Hands out a text piece by piece and counts the bytes that the parser reads, including repeated reads.

    Unlike a time limit, the count does not depend on the machine. Ordinary code is read about once; a scanner that
    looks ahead over all comments at each comment reads each one as often as there are comments.
    """

    def __init__(self, data: bytes, cancel: CancelToken) -> None:
        self._data = data
        self._cancel = cancel
        self._left = _BUDGET + _BUDGET_PER_BYTE * len(data)
        self._parsing = True
        self._handed_out: list[bytes] = []

    def finish(self) -> bool:
        """Whether the text was read within the budget; from now on, reads are unlimited."""
        self._parsing = False
        _release(self._handed_out)
        self._handed_out.clear()
        return self._left >= 0

    def read(self, offset: int, _: Point) -> bytes:
        """The bytes at ``offset``; empty once parsing has to stop, which also stops a running scanner."""
        if not self._parsing:
            return self._data[offset : offset + _CHUNK]
        if self._left < 0 or self._cancel.cancelled:
            return b""
        self._left -= _CHUNK
        if len(self._handed_out) == _MOST_HANDED_OUT:
            # The parser is done with all but the last one.
            last = self._handed_out.pop()
            _release(self._handed_out)
            self._handed_out[:] = [last]
        piece = self._data[offset : offset + _CHUNK]
        self._handed_out.append(piece)
        return piece

    def has_to_stop(self, _offset: int, _has_error: bool) -> bool:
        return self._left < 0 or self._cancel.cancelled


def _release(pieces: Sequence[bytes]) -> None:
    """Drop leaked references to the pieces that a reader handed out.

    Some versions of the library (0.26 is one) never release them, which would leak twice the text's size with every
    parse. The counts are compared to that of a piece that no parser has seen, so nothing is dropped if the library does
    it itself.
    """
    unseen = bytes(bytearray(_CHUNK))
    usual, *counts = map(sys.getrefcount, [unseen, *pieces])
    for piece, references in zip(pieces, counts, strict=True):
        if len(piece) > 1:  # shorter ones are shared by the whole process
            for _ in range(references - usual):
                _give_back(piece)


def parse_tree(grammar: Grammar, data: bytes, cancel: CancelToken = NEVER) -> Tree:
    """The syntax tree of ``data``.

    Raises:
        Cancelled: ``cancel`` was triggered.
        ParseBudgetError: the parser has read 16 MB plus 16 times the text and is still not done.
    """
    parser = Parser(grammar)
    if len(data) <= _SMALL:
        cancel.raise_if_cancelled()
        return parser.parse(data)
    reader = _Reader(data, cancel)
    try:
        tree = parser.parse(reader.read, progress_callback=reader.has_to_stop)
    except ValueError:  # "Parsing failed": it was stopped
        tree = None
    # The tree calls the reader again for the texts of its nodes.
    in_budget = reader.finish()
    cancel.raise_if_cancelled()
    if not in_budget or tree is None:
        raise ParseBudgetError("the syntax takes too long to read")
    return tree


def require_searchable(root: Node) -> None:
    """Raise :class:`ParseBudgetError` for a tree on which a query would take long, since queries cannot be stopped.

    The library has a callback for that, but it crashes (version 0.26.1). So a tree is rejected if the parser left more
    than 30,000 siblings in an erroneous node: from each of them a query looks at all that follow, whereas code that the
    parser understands forms a balanced tree. It is also rejected if many nodes are thousands of levels deep, as in
    ``f(f(f(...)))``.
    """
    stack = [root] if root.has_error else []
    while stack:
        node = stack.pop()
        if node.child_count > _MOST_SIBLINGS:
            raise ParseBudgetError("too much of the text cannot be read")
        stack.extend(child for child in node.children if child.has_error)
    if root.descendant_count**2 > _MOST_DEPTHS:
        _require_flat(root)


def _require_flat(root: Node) -> None:
    """Estimate the sum of depths from every 256th node, since the depth grows by at most one per node."""
    cursor = root.walk()
    left = _MOST_DEPTHS
    for index in range(0, root.descendant_count, _DEPTH_EVERY):
        cursor.goto_descendant(index)
        left -= cursor.depth * _DEPTH_EVERY
        if left < 0:
            raise ParseBudgetError("the syntax is nested too deeply to be searched")
