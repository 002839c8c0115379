"""The command ``calibrate``: temperature, thresholds and the rule for files, from a run's out-of-fold logits."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import numpy.typing as npt

from codeorigin.errors import CodeOriginError
from codeorigin_training.calibrate.config import CalibrateConfig
from codeorigin_training.calibrate.files import file_samples, fit_file_rule
from codeorigin_training.calibrate.fit import fit_calibration, has_verdict
from codeorigin_training.calibrate.library_check import second_opinion
from codeorigin_training.calibrate.thresholds import repository_rate
from codeorigin_training.corpus.rows import Row, read_functions, read_pairs
from codeorigin_training.corpus.splits import is_held_out
from codeorigin_training.corpus.weights import balanced_weights
from codeorigin_training.corpus.written_pairs import read_written_pairs
from codeorigin_training.run import Log, Run

Floats = npt.NDArray[np.float64]


def calibrate(config: CalibrateConfig, run: Run, log: Log) -> None:
    """Fit on the run's training repositories and write ``run.calibration``. Takes seconds, so it is always done anew.

    Raises:
        CodeOriginError: a stage is missing, belongs to another corpus, or has too few repositories.
    """
    functions, count = training_functions(run.needs(run.corpus, "corpus"))
    logits = _out_of_fold(run.needs(run.wide, "wide"), count, "wide")
    if run.deep.exists():
        logits = logits + _out_of_fold(run.deep, count, "finetune")
    logits = logits[: len(functions)]
    calibration = fit_calibration(functions, logits, balanced_weights(functions), config)
    rule = fit_file_rule(
        file_samples(functions, logits, config.files), config.files, prior_logit=calibration.shift
    )
    calibration = dataclasses.replace(calibration, file=rule)
    partial = run.calibration.with_name(f"partial-{run.calibration.name}")
    partial.write_text(json.dumps(calibration.to_manifest(), indent=1) + "\n", encoding="utf-8")
    partial.replace(run.calibration)

    judged = np.array([has_verdict(row.code, config) for row in functions])
    labels = np.array([row.label for row in functions])
    modern = np.array([row.modern for row in functions])
    repositories = np.unique([row.repo for row in functions], return_inverse=True)[1].astype(np.int64)
    above = logits >= np.array([calibration.thresholds(row.language).llm for row in functions])
    log(
        f"temperature {calibration.temperature:.3f}, shift {calibration.shift:.3f}, threshold "
        f"{calibration.default.llm:.3f}, of their own: {', '.join(calibration.languages) or 'none'}"
    )
    for name, rows in (
        ("modern human", judged & (labels == 0) & modern),
        ("old human", judged & (labels == 0) & ~modern),
        ("LLM", judged & (labels == 1)),
    ):
        if rows.any():
            share = repository_rate(above[rows], repositories[rows])
            log(f"{name}: {share:.2%} called llm, in {len(np.unique(repositories[rows]))} repositories")
    newest = judged & (labels == 0) & (modern if modern.any() else True)
    _log_second_opinion(logits[newest], repositories[newest], config, log)
    log(f"files: {'no rule' if rule is None else f'threshold {rule.llm}'}; wrote {run.calibration}")


def training_functions(corpus: Path) -> tuple[list[Row], int]:
    """Functions of training repositories in the order of the out-of-fold logits, and how many logits there are.

    The logits of pairs stand behind theirs.
    """
    functions = read_functions(corpus)
    pairs = read_pairs(corpus) + read_written_pairs(functions)
    kept = [row for row in functions if not is_held_out(row.repo)]
    return kept, len(kept) + sum(not is_held_out(row.repo) for row in pairs)


def _out_of_fold(path: Path, count: int, command: str) -> Floats:
    again = f"run `python -m codeorigin_training {command}` again"
    try:
        with np.load(path) as arrays:
            logits = np.asarray(arrays["out_of_fold"], dtype=np.float64)
    except (OSError, ValueError, KeyError) as error:
        raise CodeOriginError(f"{path}: holds no out-of-fold logits; {again}") from error
    if logits.shape != (count,):
        raise CodeOriginError(f"{path}: has logits for {len(logits)} rows, the corpus has {count}; {again}")
    if not np.isfinite(logits).all():
        raise CodeOriginError(f"{path}: has logits that are not finite; {again}")
    return logits


def _log_second_opinion(
    logits: Floats, repositories: npt.NDArray[np.int64], config: CalibrateConfig, log: Log
) -> None:
    found = second_opinion(
        logits, repositories, config.rate, draws=config.second_opinion_draws, seed=config.seed
    )
    if len(found):
        low, middle, high = np.quantile(found, [0.1, 0.5, 0.9])
        log(
            f"crepes, one function a repository, {len(found)} draws: threshold {middle:.3f} "
            f"({low:.3f} to {high:.3f})"
        )
