"""From raw logits to answers: scales for functions alone, in their file and commit, and for whole files and commits."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codeorigin.model.calibration.commit_context import CommitContext
from codeorigin.model.calibration.file_context import FileContext
from codeorigin.model.calibration.pooled_rule import PooledRule
from codeorigin.model.calibration.scale import Scale
from codeorigin.model.file_verdict import FileRule


@dataclass(frozen=True, slots=True)
class Calibration:
    """The result of calibration on repositories kept out of training.

    ``alone`` reads the logit of a function's own text. Functions with fewer than ``min_lines`` non-blank lines or
    fewer than ``min_characters`` non-blank characters get no verdict. ``file_context`` is the rule for functions with
    others in their file, ``file`` the one for whole files; None in a bundle without such a rule, as for all that
    follow. ``commit`` is the rule for whole commits, ``commit_context`` the one for functions with others in their
    commit, ``file_and_commit_context`` the one for functions with others in both.
    """

    alone: Scale
    min_lines: int
    min_characters: int
    file_context: FileContext | None = None
    file: FileRule | None = None
    commit: PooledRule | None = None
    commit_context: CommitContext | None = None
    file_and_commit_context: CommitContext | None = None

    def __post_init__(self) -> None:
        if self.commit_context is not None and self.commit_context.file is not None:
            raise ValueError("commit_context is about the commit alone")
        if self.file_and_commit_context is not None and self.file_and_commit_context.file is None:
            raise ValueError("file_and_commit_context lacks its rule for the file")

    @classmethod
    def from_manifest(cls, entry: Mapping[str, Any]) -> "Calibration":
        """Read the manifest's ``calibration`` entry; KeyError, TypeError or ValueError if it is broken.

        Every rule except the one for functions alone may be missing.
        """
        in_file, file, commit = entry.get("file_context"), entry.get("file"), entry.get("commit")
        in_commit, in_both = entry.get("commit_context"), entry.get("file_and_commit_context")
        return cls(
            alone=Scale.from_manifest(entry),
            min_lines=int(entry["min_lines"]),
            min_characters=int(entry["min_characters"]),
            file_context=None if in_file is None else FileContext.from_manifest(in_file),
            file=None if file is None else FileRule.from_manifest(file),
            commit=None if commit is None else PooledRule.from_manifest(commit),
            commit_context=None if in_commit is None else CommitContext.from_manifest(in_commit),
            file_and_commit_context=None if in_both is None else CommitContext.from_manifest(in_both),
        )

    def to_manifest(self) -> dict[str, Any]:
        """The manifest entry that :meth:`from_manifest` reads."""
        rules = {
            "file_context": self.file_context,
            "file": self.file,
            "commit": self.commit,
            "commit_context": self.commit_context,
            "file_and_commit_context": self.file_and_commit_context,
        }
        return {
            **self.alone.to_manifest(),
            "min_lines": self.min_lines,
            "min_characters": self.min_characters,
            **{name: rule.to_manifest() for name, rule in rules.items() if rule is not None},
        }
