"""Commits that were merged from a branch of an agent."""

import pytest

from codeorigin.declared.branches import branch_agent
from codeorigin.declared.reader import RecordReader
from codeorigin.git.repository import Repository as Opened
from support.repositories import Repository


@pytest.mark.parametrize(
    ("subject", "agent"),
    [
        ("Merge pull request #12 from owner/codex/fix-parser", "codex"),
        ("Merge pull request #12 from owner/copilot/add-tests", "copilot"),
        ("Merge branch 'claude/issue-12' into main", "claude"),
        ("Merge remote-tracking branch 'origin/devin/1-x'", "devin"),
        ("Merged in cursor/x (pull request #3)", "cursor"),
        ("Merge pull request #12 from codex/fix-parser", None),
        ("Merge branch 'fix-codex/x'", None),
        ("codex/fix-parser", None),
    ],
)
def test_agents_are_told_by_the_names_of_merged_branches(subject: str, agent: str | None) -> None:
    assert branch_agent(subject) == agent


def test_only_the_commits_of_the_branch_are_declared_by_it(repository: Repository) -> None:
    def commit(name: str) -> str:
        repository.commit({f"{name}.py": f"{name} = 1\n"}, date="2026-01-02")
        return repository.git("rev-parse", "HEAD")

    def merge(name: str, message: str) -> None:
        repository.git("merge", "--quiet", "--no-ff", "--no-gpg-sign", "-m", message, name)

    repository.git("checkout", "--quiet", "-b", "codex/x")
    by_codex = [commit("one")]
    repository.git("checkout", "--quiet", "main")
    commit("two")
    repository.git("checkout", "--quiet", "codex/x")
    merge("main", "Merge branch 'main' into codex/x")
    by_codex.append(commit("three"))
    repository.git("checkout", "--quiet", "main")
    merge("codex/x", "Merge pull request #1 from owner/codex/x")
    repository.git("checkout", "--quiet", "-b", "plain")
    commit("four")
    repository.git("checkout", "--quiet", "main")
    merge("plain", "Merge pull request #2 from owner/plain")
    opened = Opened.of(repository.folder)
    head = opened.resolve("HEAD")
    merges = set(repository.git("rev-list", "--merges", "HEAD").split())
    with RecordReader(opened, head) as records:
        found = {each.id for each in opened.log(head) if records.of_commit(each.id).by_agents()}
    assert found - merges == set(by_codex)
