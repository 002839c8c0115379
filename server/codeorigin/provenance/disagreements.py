"""Where records and estimates disagree: a question for who reviews the code, never an answer.

That nothing is declared is worth a question only in a project that declares anything at all.
"""

from collections.abc import Iterable
from enum import StrEnum

from codeorigin.declared.records import WROTE, Record, WrittenBy
from codeorigin.model.verdict import Band


class Disagreement(StrEnum):
    """How a record and an estimate of the same code disagree; ``heading`` and ``question`` say it to a reviewer."""

    READS_HUMAN = "reads_human"
    NOT_DECLARED = "not_declared"

    @property
    def heading(self) -> str:
        """What the code is that it is about."""
        if self is Disagreement.READS_HUMAN:
            return "Declared as an agent's, reads human"
        return "Nothing declared, reads LLM-written"

    @property
    def question(self) -> str:
        """What to ask about it."""
        if self is Disagreement.READS_HUMAN:
            return "Was this written with a tool? A record says so."
        return "Was this written with a tool? No record says so."


def disagreement(records: Iterable[Record | None], band: Band | None) -> Disagreement | None:
    """How ``records`` about all lines of some code, or about its commit, disagree with the ``band`` of its estimate.

    They do if all of them say that an agent wrote it and it reads ``human``, and if there is none (or only the one that
    says that nothing is known) and it reads ``llm``. A record about another text, of a branch or of some help decides
    neither, and a known person's says nothing against an estimate.
    """
    found = set(records)
    if band is Band.HUMAN and found and all(each is not None and _is_agents(each) for each in found):
        return Disagreement.READS_HUMAN
    if band is Band.LLM and all(each is None or each.by is WrittenBy.UNTRACKED for each in found):
        return Disagreement.NOT_DECLARED
    return None


def _is_agents(record: Record) -> bool:
    return record.by is WrittenBy.AGENT and record.strength in WROTE and not record.is_stale
