"""The last commit of a repository that holds people's code alone."""

from datetime import UTC, datetime

from codeorigin.declared.messages import names_agent
from codeorigin.git.objects import Objects
from codeorigin.git.repository import Repository

HUMAN_UNTIL = int(datetime(2022, 12, 1, tzinfo=UTC).timestamp())
"""Code from before this time was written by people: the first chat model for everyone came out the day before."""
_ASSISTED_FROM = int(datetime(2021, 6, 29, tzinfo=UTC).timestamp())
"""No commit from before the first code assistant for everyone names an agent."""


def last_human_commit(repository: Repository) -> str | None:
    """The name of that commit on the branch of HEAD; None if there is none, or if the clone is shallow.

    It and everything below it, by first parents, is from before December 2022 and names no agent. So a new commit that
    claims to be old is not taken for one.

    Raises:
        RepositoryError: git fails.
    """
    head = None if repository.is_shallow else repository.head()
    if head is None:
        return None
    old: list[str] = []
    assisted = 0
    for commit in repository.log(head, first_parents=True):
        if commit.seconds >= HUMAN_UNTIL:
            old.clear()
            assisted = 0
            continue
        old.append(commit.id)
        if commit.seconds >= _ASSISTED_FROM:
            assisted = len(old)
    with Objects(repository.git) as objects:
        last = max(
            (number for number, name in enumerate(old[:assisted]) if names_agent(objects, name)), default=-1
        )
    return old[last + 1] if last + 1 < len(old) else None
