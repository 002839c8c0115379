"""Signed bars that start at a middle line: towards ``llm`` to the right, towards ``human`` to the left."""

from dataclasses import dataclass

RIGHT_BLOCKS = "▏▎▍▌▋▊▉█"
_MIDDLE = "│"
_LEFT_HALF = "▐"
_ASCII_BLOCK = "#"
_ASCII_MIDDLE = "|"


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar in three parts of fixed widths: left half, middle, right half."""

    left: str
    middle: str
    right: str

    def __str__(self) -> str:
        return f"{self.left}{self.middle}{self.right}"


def _ascii_blocks(cells: float) -> str:
    return _ASCII_BLOCK * round(cells)


def _right_blocks(cells: float) -> str:
    full = int(cells)
    eighths = round((cells - full) * 8)
    return "█" * full + (RIGHT_BLOCKS[eighths - 1] if eighths else "")


def _left_blocks(cells: float) -> str:
    # Block characters that start at the right exist only for whole and half cells.
    halves = round(cells * 2)
    return (_LEFT_HALF if halves % 2 else "") + "█" * (halves // 2)


def signed_bar(value: float, largest: float, half_width: int, *, ascii_only: bool = False) -> Bar:
    """``value`` as a bar, with ``largest`` (the largest absolute value) filling ``half_width`` cells.

    The bar is empty for values too small to draw; the number next to it still shows them.
    """
    share = 0.0 if largest <= 0 else min(1.0, abs(value) / largest)
    cells = share * half_width
    middle = _ASCII_MIDDLE if ascii_only else _MIDDLE
    blank = " " * half_width
    if value > 0:
        blocks = _ascii_blocks(cells) if ascii_only else _right_blocks(cells)
        return Bar(blank, middle, blocks.ljust(half_width))
    blocks = _ascii_blocks(cells) if ascii_only else _left_blocks(cells)
    return Bar(blocks.rjust(half_width), middle, blank)
