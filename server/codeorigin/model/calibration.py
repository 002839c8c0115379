"""From raw logits to answers: the scale of single functions, of functions in their file, and of whole files."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codeorigin.model.file_context import FileContext
from codeorigin.model.file_verdict import FileRule
from codeorigin.model.scale import Scale


@dataclass(frozen=True, slots=True)
class Calibration:
    """The result of calibration on repositories kept out of training.

    ``alone`` reads the logit of a function's own text. Functions of fewer than ``min_lines`` lines that are not
    blank, or of fewer than ``min_characters`` characters that are not blank, get no verdict. ``context`` is the rule
    for functions with others in their file, ``file`` the one for whole files; None in a bundle that has none.
    """

    alone: Scale
    min_lines: int
    min_characters: int
    context: FileContext | None = None
    file: FileRule | None = None

    @classmethod
    def from_manifest(cls, entry: Mapping[str, Any]) -> "Calibration":
        """Read the manifest's ``calibration`` entry; KeyError, TypeError or ValueError if it is broken.

        Bundles made before there were rules for files lack the keys ``context`` and ``file``.
        """
        context, file = entry.get("context"), entry.get("file")
        return cls(
            alone=Scale.from_manifest(entry),
            min_lines=int(entry["min_lines"]),
            min_characters=int(entry["min_characters"]),
            context=None if context is None else FileContext.from_manifest(context),
            file=None if file is None else FileRule.from_manifest(file),
        )

    def to_manifest(self) -> dict[str, Any]:
        """The manifest entry that :meth:`from_manifest` reads."""
        return {
            **self.alone.to_manifest(),
            "min_lines": self.min_lines,
            "min_characters": self.min_characters,
            **({} if self.context is None else {"context": self.context.to_manifest()}),
            **({} if self.file is None else {"file": self.file.to_manifest()}),
        }
