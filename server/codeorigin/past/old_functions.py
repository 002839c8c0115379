"""A repository's past: the scores of its old functions, from the cache or read from its objects."""

import hashlib
import json
import math
import zlib
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

from codeorigin.analysis.judged_files import Analyzes
from codeorigin.core.cache_folder import cache_folder
from codeorigin.core.cancellation import NEVER, CancelToken
from codeorigin.core.errors import RepositoryError
from codeorigin.git.repository import Repository
from codeorigin.model.bundle import Bundle
from codeorigin.model.calibration.judge import Judge
from codeorigin.model.past import Past
from codeorigin.past.commit import last_human_commit
from codeorigin.past.declared_functions import with_reference
from codeorigin.past.reading import flagged, read_old_files
from codeorigin.text.regular_files import read_regular_file, replacing_binary_file

_MOST_KEPT = 1 << 20
_FORMAT = 2


def repository_past(
    repository: Repository,
    bundle: Bundle,
    load: Callable[[], Analyzes],
    cancel: CancelToken = NEVER,
    head: str | None = None,
    *,
    declared: bool = True,
) -> Past | None:
    """The past of ``repository``; None if it has none, or if the model has no rule for it.

    The functions of :func:`~codeorigin.past.reading.read_old_files` are read. Their scores are kept by commit and
    model; only without them is an analyzer loaded, with ``load``. ``head`` is the commit of HEAD, if it is known. Where
    the model has a rule for it, the past also has a reference, with what records declare unless ``declared`` is False.

    Raises:
        RepositoryError: the repository cannot be read, or lacks old files.
        ModelError: the model is broken.
        Cancelled: ``cancel`` was triggered.
    """
    load = cache(load)
    rule = bundle.calibration.past
    commit = None if rule is None else last_human_commit(repository, head)
    if rule is None or commit is None:
        return None
    path = _kept_path(commit, bundle.model_id)
    kept = _kept(path)
    if kept is None:
        files = read_old_files(repository, commit, load(), cancel)
        logits = [logit for file in files for logit in file.logits]
        kept = logits, flagged(files, Judge(bundle.calibration, rule.past(logits)))
        _keep(path, *kept)
    logits, would_be = kept
    past = rule.past(logits)
    if past is None:
        return None
    past = replace(past, flagged=would_be)
    try:
        return with_reference(past, repository, commit, bundle, load, cancel, declared=declared)
    except RepositoryError:
        cancel.raise_if_cancelled()
        return past  # only something newer is missing


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
