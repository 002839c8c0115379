"""How the other functions of a commit, with or without those of the file, count in a function's verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from codeorigin.model.calibration.neighbours import NeighbourRule
from codeorigin.model.calibration.scale import Scale


@dataclass(frozen=True, slots=True)
class CommitContext:
    """What the other functions of its commit add to a function's logit, and the ``scale`` that reads the sum.

    If ``file`` is set, those of its file add to it as well; ``scale`` is then for functions with neighbours in both.
    A neighbour in both the same commit and the same file counts twice, as in calibration.
    A function's commit is the one that wrote all its lines; a commit that merely touched it does not count here.
    """

    commit: NeighbourRule
    scale: Scale
    file: NeighbourRule | None = None

    @classmethod
    def from_manifest(cls, entry: Mapping[str, Any]) -> "CommitContext":
        """Read what :meth:`to_manifest` writes; KeyError, TypeError or ValueError if it is broken."""
        return cls(
            commit=NeighbourRule.from_manifest(entry["commit"]),
            scale=Scale.from_manifest(entry),
            file=None if entry.get("file") is None else NeighbourRule.from_manifest(entry["file"]),
        )

    def to_manifest(self) -> dict[str, Any]:
        """The manifest entry that :meth:`from_manifest` reads."""
        return {
            "commit": self.commit.to_manifest(),
            **({} if self.file is None else {"file": self.file.to_manifest()}),
            **self.scale.to_manifest(),
        }

    def evidence(self, in_commit: Sequence[float], in_file: Sequence[float] = ()) -> float:
        """What a function's neighbours add to its logit.

        Args:
            in_commit: own logits of the other functions of its commit that have a verdict, in any file.
            in_file: those of the other functions of its file, from any commit; ignored without a rule for them.
        """
        from_file = 0.0 if self.file is None else self.file.evidence_for_one(in_file)
        return self.commit.evidence_for_one(in_commit) + from_file
