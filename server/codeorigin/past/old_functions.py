"""A repository's past: the scores of its old functions, from the cache or read from its objects."""

import hashlib
import json
import math
import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from codeorigin.analysis.judged import How, Source
from codeorigin.analysis.judged_files import Analyzes, judged_files
from codeorigin.analysis.report import UnparsedError
from codeorigin.core.budget import Budget, BudgetError
from codeorigin.core.cache_folder import cache_folder
from codeorigin.core.cancellation import NEVER, CancelToken
from codeorigin.core.errors import RepositoryError
from codeorigin.git.objects import LargeObjectError, Objects
from codeorigin.git.repository import Repository
from codeorigin.languages import Language, get_language
from codeorigin.languages.kinds import kind_for_path
from codeorigin.languages.parse_budget import ParseBudgetError, one_run, run_budget
from codeorigin.model.bundle import Bundle
from codeorigin.model.calibration.judge import Judge
from codeorigin.model.past import Past
from codeorigin.model.scoring.inputs import RawScore
from codeorigin.model.verdict import Band
from codeorigin.past.commit import last_human_commit
from codeorigin.text.regular_files import read_regular_file, replacing_binary_file
from codeorigin.text.sources import decode_source

MOST_FUNCTIONS = 2_000
"""More functions hardly change a quantile of their scores."""
_MOST_FILES = 2_000
_MAX_BYTES = 500_000
_MOST_BYTES = 200_000_000
_MOST_HARD = 4
"""Texts that take the parser too much time, each of which costs seconds: with more there is no past."""
_MOST_KEPT = 1 << 20
_FORMAT = 2

OldFile = tuple[str, list[float]]
"""The model language of a file, and its functions' logits by their own text."""


def repository_past(
    repository: Repository,
    bundle: Bundle,
    load: Callable[[], Analyzes],
    cancel: CancelToken = NEVER,
    head: str | None = None,
) -> Past | None:
    """The past of ``repository``; None if it has none, or if the model has no rule for it.

    At most :data:`MOST_FUNCTIONS` functions are read, of files chosen by a hash of their paths. Their scores are kept
    by commit and model; only without them is an analyzer loaded, with ``load``. ``head`` is the commit of HEAD, if it is
    known.

    Raises:
        RepositoryError: the repository cannot be read, or lacks old files.
        ModelError: the model is broken.
        Cancelled: ``cancel`` was triggered.
    """
    rule = bundle.calibration.past
    commit = None if rule is None else last_human_commit(repository, head)
    if rule is None or commit is None:
        return None
    path = _kept_path(commit, bundle.model_id)
    kept = _kept(path)
    if kept is None:
        files = _read(repository, commit, load(), cancel)
        logits = [logit for _, in_file in files for logit in in_file]
        kept = logits, _flagged(files, Judge(bundle.calibration, rule.past(logits)))
        _keep(path, *kept)
    logits, flagged = kept
    past = rule.past(logits)
    return None if past is None else replace(past, flagged=flagged)


def _flagged(files: Sequence[OldFile], judge: Judge) -> int:
    """How many of the functions would be called ``llm`` today, each with the others of its file."""
    verdicts = (
        judge.in_file(
            {number: RawScore(logit, logit, 0.0, 1) for number, logit in enumerate(logits)}, language
        )
        for language, logits in files
    )
    return sum(verdict.band is Band.LLM for in_file in verdicts for verdict in in_file.values())


def _read(repository: Repository, commit: str, analyzer: Analyzes, cancel: CancelToken) -> list[OldFile]:
    files = repository.chosen_files(
        commit, lambda path: isinstance(kind_for_path(path), Language), _MOST_FILES
    )
    found: list[OldFile] = []
    left = MOST_FUNCTIONS
    budget = Budget(size=_MOST_BYTES, items=_MOST_HARD)
    with Objects(repository.git) as objects, one_run(run_budget()):
        sources = (_source(objects, path, blob, budget) for path, blob in files)
        for file in judged_files(sources, analyzer, How(file_context=False), cancel):
            if isinstance(file.error, RepositoryError) and not isinstance(file.error, LargeObjectError):
                raise file.error
            try:
                budget.spend(items=isinstance(file.error, ParseBudgetError | UnparsedError))
            except BudgetError:
                return []
            verdicts = (function.verdict for function in file.functions)
            logits = [verdict.logit for verdict in verdicts if verdict.logit is not None][:left]
            if logits:
                found.append((get_language(file.language).model_language, logits))
                left -= len(logits)
            if not left:
                break
    return found


def _source(objects: Objects, path: str, blob: str, budget: Budget) -> Source:
    kind = kind_for_path(path)
    assert kind is not None

    def read() -> str:
        content = objects.content(blob, _MAX_BYTES)
        budget.spend(size=len(content))
        return decode_source(content, path, _MAX_BYTES, kind.id)

    return Source(path, kind.id, read)


def _kept_path(commit: str, model: str) -> Path:
    key = hashlib.sha256(f"{_FORMAT}\0{commit}\0{model}".encode("utf-8", "surrogatepass"))
    return cache_folder() / "past" / key.hexdigest()[:24]


def _kept(path: Path) -> tuple[list[float], int] | None:
    """What :func:`_keep` wrote to a file of the cache; None if there is none, or if it is damaged."""
    try:
        unpacked = zlib.decompressobj().decompress(read_regular_file(path, _MOST_KEPT), _MOST_KEPT)
        flagged, values = json.loads(unpacked)
        logits, flagged = [float(value) for value in values], int(flagged)
    except (OSError, ValueError, TypeError, zlib.error):
        return None
    return (logits, flagged) if all(map(math.isfinite, logits)) else None


def _keep(path: Path, logits: list[float], flagged: int) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with replacing_binary_file(path) as stream:
            # Compression also adds a checksum.
            stream.write(zlib.compress(json.dumps([flagged, logits]).encode("ascii")))
    except OSError:
        pass  # it is read again the next time
