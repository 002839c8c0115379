"""How the other functions of a file or commit count in a function's verdict."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codeorigin.model.calibration.neighbours import NeighbourRule
from codeorigin.model.calibration.scale import Scale


@dataclass(frozen=True, slots=True)
class Context:
    """What neighbours add to a function's logit, and the ``scale`` that reads the sum.

    ``file`` is the rule for the other functions of its file, ``commit`` the one for those of its commit; the scale is
    for functions that have neighbours by every rule that is set. A neighbour in both the same commit and the same file
    counts twice, as in calibration. A function's commit is the one that wrote all its lines; a commit that merely
    touched it does not count here.
    """

    scale: Scale
    file: NeighbourRule | None = None
    commit: NeighbourRule | None = None

    def __post_init__(self) -> None:
        if self.file is None and self.commit is None:
            raise ValueError("a context needs a rule for the file or the commit")

    @classmethod
    def from_manifest(cls, entry: Mapping[str, Any]) -> "Context":
        """Read what :meth:`to_manifest` writes; KeyError, TypeError or ValueError if it is broken."""
        rules = {
            name: NeighbourRule.from_manifest(entry[name]) for name in ("file", "commit") if name in entry
        }
        return cls(Scale.from_manifest(entry), **rules)

    def to_manifest(self) -> dict[str, Any]:
        """The entry that :meth:`from_manifest` reads."""
        rules = {"file": self.file, "commit": self.commit}
        return {
            **{name: rule.to_manifest() for name, rule in rules.items() if rule is not None},
            **self.scale.to_manifest(),
        }
