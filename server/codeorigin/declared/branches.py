"""Commits of merged branches whose names say that an agent made them, such as ``codex/fix-the-parser``."""

import re

from codeorigin.core.errors import RepositoryError
from codeorigin.declared.messages import agent_signatures
from codeorigin.declared.records import Record, RecordSource, Strength, WrittenBy
from codeorigin.git.repository import Repository

_MOST_COMMITS = 1_000_000
_MERGED = re.compile(
    r"Merge pull request #\d+ from [^/\s]+/(?P<hub>\S+)"
    r"|Merge (?:remote-tracking )?branch '(?:origin/)?(?P<git>[^']+)'"
    r"|Merged in (?P<bucket>\S+) \(pull request"
)


def branch_agent(subject: str) -> str | None:
    """The agent that the branch is named after of whose merge this is the first line."""
    merged = _MERGED.match(subject)
    name = (merged[merged.lastgroup or 0] if merged else "").lower()
    for signature in agent_signatures():
        if any(name.startswith(prefix) for prefix in signature.branches):
            return signature.name
    return None


def agent_branches(repository: Repository, head: str) -> dict[str, Record]:
    """The commits below ``head`` that were merged from a branch of an agent, and the record of that.

    A commit belongs to the first merge on the branch of ``head`` that brought it.

    Raises:
        RepositoryError: git fails, or there are too many commits.
    """
    merged = {
        commit: agent
        for commit, subject in repository.merges(head)
        if (agent := branch_agent(subject)) is not None
    }
    if not merged:
        return {}
    parents: dict[str, tuple[str, ...]] = {}
    for parent in repository.log(head):
        if len(parents) == _MOST_COMMITS:
            raise RepositoryError(f"more than {_MOST_COMMITS:,} commits")
        parents[parent.id] = parent.parents
    chain = [head]
    while parents.get(chain[-1]):
        chain.append(parents[chain[-1]][0])
    there: set[str] = set()
    found: dict[str, Record] = {}
    for commit in reversed(chain):
        agent = merged.get(commit)
        there.add(commit)
        new = [name for name in parents.get(commit, ())[1:] if name not in there]
        while new:
            name = new.pop()
            if name not in there:
                there.add(name)
                new += parents.get(name, ())
                if agent is not None:
                    found[name] = Record(RecordSource.BRANCH, WrittenBy.AGENT, Strength.BRANCH, agent)
    return found
