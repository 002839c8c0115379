"""The last commit of a repository that holds people's code alone."""

from datetime import UTC, datetime

from codeorigin.core.budget import Budget, BudgetError
from codeorigin.git.objects import Objects
from codeorigin.git.repository import Repository
from codeorigin.records.commit_messages import MAX_COMMIT, message_records

HUMAN_UNTIL = int(datetime(2022, 12, 1, tzinfo=UTC).timestamp())
"""Code from before this time was written by people: the first chat model for everyone came out the day before."""
_ASSISTED_FROM = int(datetime(2021, 6, 29, tzinfo=UTC).timestamp())
"""No commit from before the first code assistant for everyone names an agent."""
_MOST_COMMITS = 50_000
_MOST_BYTES = 64 * 2**20
"""Of commits whose messages are read. Ordinary ones have some 500 bytes; a hostile repository packs gigabytes into a few
kilobytes."""


def last_human_commit(repository: Repository, head: str | None = None) -> str | None:
    """The name of that commit on the branch of HEAD; None if there is none, or if the clone is shallow.

    ``head`` is the commit of HEAD, if it is known.

    None as well if the messages from the years of assistants are more than a run may read.

    It and everything below it, by first parents, is from before December 2022 and names no agent. So a new commit that
    claims to be old is not taken for one.

    Raises:
        RepositoryError: git fails.
    """
    head = None if repository.is_shallow else head or repository.head()
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
    budget = Budget(size=_MOST_BYTES, items=_MOST_COMMITS)
    with Objects(repository.git) as objects:
        # From the oldest on: above the first that is not a person's, nothing is needed.
        for number in reversed(range(assisted)):
            repository.git.cancel.raise_if_cancelled()
            content = objects.content(old[number], MAX_COMMIT)
            try:
                budget.spend(size=len(content), items=1)
            except BudgetError:
                return None
            if message_records(content):
                return old[number + 1] if number + 1 < len(old) else None
    return old[0] if old else None
