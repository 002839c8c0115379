"""One parse of a text that can be cancelled and that ends, whatever the text."""

import ctypes
import sys
from collections.abc import Sequence

from tree_sitter import Language as Grammar
from tree_sitter import Node, Parser, Point, Tree

from codeorigin.cancellation import NEVER, CancelToken
from codeorigin.errors import CodeOriginError

_SMALL = 65_536
"""The worst text of so many bytes takes a fraction of a second, so it is parsed in one go: that is faster."""
_CHUNK = 4_096
_MOST_HANDED_OUT = 256
_BUDGET = 16_000_000
_BUDGET_PER_BYTE = 16
_MOST_SIBLINGS = 30_000
_MOST_DEPTHS = 125_000_000
"""The depths of all nodes together. A query may look at each node once for every node around it: so many looks take
one or two seconds. Of 1,900 large files of real code, none had an eighth of it."""
_DEPTH_EVERY = 256


class ParseBudgetError(CodeOriginError):
    """Time would grow with the square of the text's length: the parser read it over and over, or made nothing of it."""


_give_back = ctypes.pythonapi.Py_DecRef
_give_back.argtypes = [ctypes.py_object]
_give_back.restype = None


class _Reader:
    """Hands out a text piece by piece, and counts the bytes that the parser has read, again and again.

    The count does not depend on the machine, as a time would. Ordinary code is read about once; a scanner that
    looks ahead over all comments at each of them reads every one of them as often as there are comments.
    """

    def __init__(self, data: bytes, cancel: CancelToken) -> None:
        self._data = data
        self._cancel = cancel
        self._left = _BUDGET + _BUDGET_PER_BYTE * len(data)
        self._parsing = True
        self._handed_out: list[bytes] = []

    def finish(self) -> bool:
        """Whether the text was read within the budget; from now on whatever is asked for is handed out."""
        self._parsing = False
        _release(self._handed_out)
        self._handed_out.clear()
        return self._left >= 0

    def read(self, offset: int, _: Point) -> bytes:
        """What stands at ``offset``; nothing once the parse is to stop, which ends what the scanner is at."""
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
    """Give back the references to what a reader handed out that nobody holds any more.

    Some versions of the library never let go of it (0.26 is one), which would cost twice the text's size at every
    parse. Counted against a piece that no parser has seen, so nothing is given back where the library does so itself.
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
        ParseBudgetError: the parser has read 16 MB and 16 times the text, and is not done.
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
    # The tree asks the reader again for the texts of its nodes.
    in_budget = reader.finish()
    cancel.raise_if_cancelled()
    if not in_budget or tree is None:
        raise ParseBudgetError("the syntax takes too long to read")
    return tree


def require_searchable(root: Node) -> None:
    """Raise :class:`ParseBudgetError` for a tree on which a query would take long, since none can be stopped.

    The library has a callback for that, which crashes (version 0.26.1). So no tree is searched in which the parser put
    more than 30,000 pieces side by side, unread: a query looks from each of them at all that follow, while what the
    parser does read hangs in a balanced tree. Nor is one whose many nodes lie thousands deep, as in ``f(f(f(...)))``.
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
    """Count the depth of every 256th node for all of them: from one node to the next, it grows by one at most."""
    cursor = root.walk()
    left = _MOST_DEPTHS
    for index in range(0, root.descendant_count, _DEPTH_EVERY):
        cursor.goto_descendant(index)
        left -= cursor.depth * _DEPTH_EVERY
        if left < 0:
            raise ParseBudgetError("the syntax is nested too deeply to be searched")
