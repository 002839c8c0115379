"""One parse of a text that can be cancelled and that ends, whatever the text."""

from tree_sitter import Language as Grammar
from tree_sitter import Parser, Point, Tree

from codeorigin.cancellation import NEVER, CancelToken
from codeorigin.errors import CodeOriginError

_SMALL = 16_384
_CHUNK = 4_096
_BUDGET = 16_000_000
_BUDGET_PER_BYTE = 16


class ParseBudgetError(CodeOriginError):
    """The parser read the text over and over: its time would grow with the square of the text's length."""


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

    def finish(self) -> bool:
        """Whether the text was read within the budget; from now on whatever is asked for is handed out."""
        self._parsing = False
        return self._left >= 0

    def read(self, offset: int, _: Point) -> bytes:
        """What stands at ``offset``; nothing once the parse is to stop, which ends what the scanner is at."""
        if self._parsing:
            if self._left < 0 or self._cancel.cancelled:
                return b""
            self._left -= _CHUNK
        return self._data[offset : offset + _CHUNK]

    def has_to_stop(self, _offset: int, _has_error: bool) -> bool:
        return self._left < 0 or self._cancel.cancelled


def parse_tree(grammar: Grammar, data: bytes, cancel: CancelToken = NEVER) -> Tree:
    """The syntax tree of ``data``.

    Raises:
        Cancelled: ``cancel`` was thrown.
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
    cancel.raise_if_cancelled()
    # The tree asks the reader again for the texts of its nodes.
    if not reader.finish() or tree is None:
        raise ParseBudgetError("the syntax takes too long to read")
    return tree
