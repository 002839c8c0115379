"""From raw logits to answers: scales for functions alone, in their file and commit, and for whole files and commits."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codeorigin.model.calibration.context import Context
from codeorigin.model.calibration.pooled_rule import PooledRule
from codeorigin.model.calibration.scale import Scale
from codeorigin.model.file_verdict import FileRule
from codeorigin.model.past import PastRule


@dataclass(frozen=True, slots=True)
class Calibration:
    """The result of calibration on repositories that the model had not seen.

    ``alone`` reads the logit of a function's own text. Functions with fewer than ``min_lines`` non-blank lines, fewer
    than ``min_characters`` non-blank characters, or more than ``max_lines`` non-blank lines, of which calibration had
    none, get no verdict. ``file_context`` is the rule for functions with others in their file, ``file`` the one for
    whole files; None in a bundle without such a rule, as for all that follow. ``commit`` is the rule for whole commits,
    ``commit_context`` the one for functions with others in their commit, ``file_and_commit_context`` the one for
    functions with others in both. ``past`` is the rule for functions of a project with old ones, and ``with_past`` the
    calibration of their logits, to which the past has added; a bundle has both or neither.
    """

    alone: Scale
    min_lines: int
    min_characters: int
    max_lines: int
    file_context: Context | None = None
    file: FileRule | None = None
    commit: PooledRule | None = None
    commit_context: Context | None = None
    file_and_commit_context: Context | None = None
    past: PastRule | None = None
    with_past: "Calibration | None" = None

    def __post_init__(self) -> None:
        contexts = (self.file_context, self.commit_context, self.file_and_commit_context)
        for context, expected in zip(contexts, ((True, False), (False, True), (True, True)), strict=True):
            if context is not None and (context.file is not None, context.commit is not None) != expected:
                raise ValueError("a context has rules for something else than its name says")
        if (self.past is None) != (self.with_past is None):
            raise ValueError("a rule for the past needs a calibration with it, and the other way round")

    @classmethod
    def from_manifest(cls, entry: Mapping[str, Any]) -> "Calibration":
        """Read the manifest's ``calibration`` entry; KeyError, TypeError or ValueError if it is broken.

        Every rule except the one for functions alone may be missing.
        """
        kinds: dict[str, Any] = {
            "file_context": Context,
            "file": FileRule,
            "commit": PooledRule,
            "commit_context": Context,
            "file_and_commit_context": Context,
            "past": PastRule,
            "with_past": Calibration,
        }
        return cls(
            Scale.from_manifest(entry["alone"]),
            int(entry["min_lines"]),
            int(entry["min_characters"]),
            int(entry["max_lines"]),
            **{name: kind.from_manifest(entry[name]) for name, kind in kinds.items() if name in entry},
        )

    def to_manifest(self) -> dict[str, Any]:
        """The manifest entry that :meth:`from_manifest` reads."""
        rules = {
            "file_context": self.file_context,
            "file": self.file,
            "commit": self.commit,
            "commit_context": self.commit_context,
            "file_and_commit_context": self.file_and_commit_context,
            "past": self.past,
            "with_past": self.with_past,
        }
        return {
            "alone": self.alone.to_manifest(),
            "min_lines": self.min_lines,
            "min_characters": self.min_characters,
            "max_lines": self.max_lines,
            **{name: rule.to_manifest() for name, rule in rules.items() if rule is not None},
        }
