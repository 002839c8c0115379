"""From raw logits to answers: scales for functions alone, in their file and commit, and for whole files and commits."""

from dataclasses import dataclass

from codeorigin.model.calibration.manifest_entry import ManifestEntry
from codeorigin.model.calibration.neighbours import Context
from codeorigin.model.calibration.pooled_rule import PooledRule
from codeorigin.model.calibration.scale import Scale
from codeorigin.model.past import PastRule


@dataclass(frozen=True, slots=True)
class Calibration(ManifestEntry):
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
    file: PooledRule | None = None
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
