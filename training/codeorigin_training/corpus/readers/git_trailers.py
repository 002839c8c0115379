"""Reads functions from git repositories whose lines are all from agent-signed commits, or all from before a date."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from codeorigin.errors import SourceError
from codeorigin.git.declared import Signature, agent_signatures
from codeorigin.languages import language_for_path
from codeorigin.text.sources import decode_source
from codeorigin_training.corpus.packages import ASSISTED_FROM, HUMAN_UNTIL
from codeorigin_training.corpus.readers.git_history import SignedCommit, commits, content, files, line_commits
from codeorigin_training.corpus.readers.source_text import CutFunction, cut_functions
from codeorigin_training.corpus.rows import CorpusError, Row

SOURCE = "git-attributed"
"""``Row.source`` of these rows."""

_LARGEST_FILE = 1_000_000
_MODEL = re.compile(
    r"\b((?:claude|gpt|gemini|o\d)[\w.-]*(?: (?:opus|sonnet|haiku|fable|pro|flash))?(?: \d[\w.]*)?)",
    re.IGNORECASE,
)


def agent_of(commit: SignedCommit) -> str:
    """The name of the agent that signed ``commit``; empty if none did."""
    return next((signature.name for signature in agent_signatures() if _fits(signature, commit)), "")


def _fits(signature: Signature, commit: SignedCommit) -> bool:
    return signature.fits_author(commit.author) or signature.fits_trailers(commit.trailers)


def generator_of(commit: SignedCommit) -> str:
    """The model named in a trailer, such as ``claude-opus-4.6``; else the agent's name."""
    for line in commit.trailers:
        _, _, value = line.partition(":")
        if (match := _MODEL.search(value.partition("<")[0])) and any(c.isdigit() for c in match[1]):
            return match[1].lower().replace(" ", "-")
    return agent_of(commit)


def find_repositories(folder: Path) -> list[Path]:
    """The git repositories directly in ``folder``, including bare ones, sorted by name.

    Raises:
        CorpusError: there are none.
    """
    found = sorted(path for path in folder.glob("*") if (path / ".git").exists() or (path / "HEAD").is_file())
    if not found:
        raise CorpusError(f"{folder}: holds no git repository; clone the repositories directly into it")
    return found


def read_repositories(folder: Path, *, limit: int = 220, seed: int = 0) -> Iterator[Row]:
    """Functions of every git repository directly in ``folder``, at most ``limit`` of each label and repository.

    A function is labelled ``llm`` if all of its non-blank lines were last changed by commits that the same agent
    signed, and human if none of these commits is signed and none is later than
    :data:`~codeorigin_training.corpus.packages.HUMAN_UNTIL`. All others, of mixed or unknown origin, are left out.
    ``Row.repo`` is the name of the repository's folder.

    Raises:
        CorpusError: ``folder`` holds no repository, or git fails.
    """
    generator = np.random.default_rng(seed)
    for repository in find_repositories(folder):
        rows = list(_rows(repository))
        for label in (0, 1):
            side = [row for row in rows if row.label == label]
            kept = np.sort(generator.permutation(len(side))[:limit])
            yield from (side[index] for index in kept)


def _rows(repository: Path) -> Iterator[Row]:
    known = commits(repository)
    for path in files(repository):
        language = language_for_path(path)
        if language is None:
            continue
        try:
            text = decode_source(content(repository, path), path, _LARGEST_FILE, language.id)
        except SourceError:
            continue
        cuts = list(cut_functions(text, path))
        # git only ends lines at LF, so files with other line ends have different line numbers.
        if not cuts or "\r" in text.replace("\r\n", "\n"):
            continue
        ids = line_commits(repository, path)
        for cut in cuts:
            row = _row(repository.name.removesuffix(".git"), path, cut, _writers(cut, ids, known))
            if row is not None:
                yield row


def _writers(
    cut: CutFunction, ids: Sequence[str], known: dict[str, SignedCommit]
) -> list[SignedCommit] | None:
    """The commits of the non-blank lines, oldest first; None if git does not know the commit of every line."""
    written: set[str] = set()
    for number, line in enumerate(cut.code.split("\n"), cut.first_line):
        if line.strip():
            if number >= len(ids) or ids[number] not in known:
                return None
            written.add(ids[number])
    return sorted((known[each] for each in written), key=lambda commit: (commit.date, commit.id))


def _row(repo: str, path: str, cut: CutFunction, writers: list[SignedCommit] | None) -> Row | None:
    if not writers:
        return None
    agents = {agent_of(commit) for commit in writers}
    if len(agents) > 1:
        return None
    agent, last = agents.pop(), writers[-1]
    if not agent and last.date > HUMAN_UNTIL.isoformat():
        return None
    return Row(
        code=cut.code,
        language=cut.language,
        label=int(bool(agent)),
        repo=repo,
        agent=agent,
        modern=not agent and last.date >= ASSISTED_FROM.isoformat(),
        is_test=cut.is_test,
        lines=cut.lines,
        generator=generator_of(last) if agent else "",
        path=path,
        commit=last.id,
        date=last.date,
        source=SOURCE,
    )
