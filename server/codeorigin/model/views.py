"""The views of a function whose n-grams are hashed: settings of a model's wide part."""

from dataclasses import dataclass
from enum import StrEnum


class ViewKind(StrEnum):
    """What the items of an n-gram are.

    ``comments`` are the words of comments and docstrings alone, with marks for how each is written: on a line of its
    own or behind code, its first letter's case, its last character, its length, and what comes after it. The words
    view has them too, but there they drown in the code.
    """

    WORDS = "words"
    SHAPES = "shapes"
    CHARACTERS = "characters"
    COMMENTS = "comments"


@dataclass(frozen=True, slots=True)
class View:
    """One n-gram view: its items, the orders of its n-grams and the rows of the table that it owns.

    A function's values are divided by their Euclidean norm to the power ``norm_power``: at 1 every function
    speaks equally loudly, below it a longer one, which holds more evidence, speaks more loudly.
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
