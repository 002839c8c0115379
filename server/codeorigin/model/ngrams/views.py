"""The views of a function whose n-grams are hashed, which are settings of a model's wide part."""

from dataclasses import dataclass
from enum import StrEnum


class ViewKind(StrEnum):
    """What the items of an n-gram are.

    ``comments`` are only the words of comments and docstrings, with marks for how each comment is written: on its own
    line or after code, the case of its first letter, its last character, its length, and what follows it. The words
    view includes them too, but there the code drowns them out.
    """

    WORDS = "words"
    SHAPES = "shapes"
    CHARACTERS = "characters"
    COMMENTS = "comments"


@dataclass(frozen=True, slots=True)
class View:
    """One n-gram view: its items, the orders of its n-grams and the number of table rows that it owns.

    A function's values are divided by their Euclidean norm to the power ``norm_power``: at 1 every function has the
    same weight, below 1 a longer function, which holds more evidence, has more.
    """

    kind: ViewKind
    min_order: int
    max_order: int
    width: int
    norm_power: float = 1.0

    def __post_init__(self) -> None:
        if not 1 <= self.min_order <= self.max_order:
            raise ValueError(f"view {self.kind}: orders {self.min_order}-{self.max_order} are not a range")
        if self.width < 1:
            raise ValueError(f"view {self.kind}: width {self.width} is not positive")
        if not 0 <= self.norm_power <= 1:
            raise ValueError(f"view {self.kind}: norm_power {self.norm_power} does not lie in [0, 1]")

    @property
    def orders(self) -> range:
        """The orders of its n-grams."""
        return range(self.min_order, self.max_order + 1)
