"""The straight line from the corpus to a bundle: wide, deep, calibration, figures, export."""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from codeorigin.model.tokenizer import Tokenizer
from codeorigin_training.calibrate.fit import fit_calibration
from codeorigin_training.checkpoint import Checkpoints
from codeorigin_training.config import BuildConfig, DeepPart
from codeorigin_training.corpus.rows import Row, read_functions, read_pairs
from codeorigin_training.corpus.splits import fold_array, is_held_out
from codeorigin_training.corpus.weights import balanced_weights
from codeorigin_training.corpus.written_pairs import read_written_pairs
from codeorigin_training.encoder.compact import CompactEncoder
from codeorigin_training.encoder.config import EncoderConfig
from codeorigin_training.encoder.data import encode_rows
from codeorigin_training.encoder.tokenizer import train_tokenizer
from codeorigin_training.evaluate.baselines import BASELINES, baseline_logits, fit_baseline
from codeorigin_training.evaluate.held_out import detector_metrics, slices, verdict_metrics
from codeorigin_training.export.bundle import Parts, corpus_hash, write_bundle
from codeorigin_training.finetune.residual import deep_logits, neutral_logit, train_residual
from codeorigin_training.wide.features import view_matrices
from codeorigin_training.wide.linear import WideModel, combine, cross_fit, fit_linear, fit_scales

Floats = npt.NDArray[np.float64]
Log = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Corpus:
    """Rows of one side of the split, corpus rows first, then pairs; ``weights`` ``(n,)`` has mean about 1."""

    rows: list[Row]
    weights: Floats
    labels: npt.NDArray[np.int64]
    folds: npt.NDArray[np.int64]

    @classmethod
    def of(cls, functions: list[Row], pairs: list[Row], config: BuildConfig) -> "Corpus":
        """Weigh ``functions`` for balance and every row of ``pairs`` by ``config.pair_weight``."""
        rows = functions + pairs
        weights = np.concatenate([balanced_weights(functions), np.full(len(pairs), config.pair_weight)])
        labels = np.array([row.label for row in rows], dtype=np.int64)
        return cls(rows, weights, labels, fold_array(rows, config.folds))


def build(data: Path, out: Path, config: BuildConfig, log: Log, work: Path | None = None) -> dict[str, Any]:
    """Train, calibrate, measure and write a bundle; returns its metrics.

    Args:
        data: folder of ``functions.parquet`` and ``pairs.parquet``.
        out: folder of the bundle; its files are replaced.
        config: sizes and strengths.
        log: takes a line on every step.
        work: folder of checkpoints, from which an interrupted build goes on; None keeps none.

    Raises:
        CorpusError: the corpus cannot be read.
        CodeOriginError: it is too small to calibrate on.
    """
    log = _timed(log)
    functions = read_functions(data)
    pairs = read_pairs(data) + read_written_pairs(functions)
    train = Corpus.of(*_side(functions, pairs, held_out=False), config)
    test_functions, test_pairs = _side(functions, pairs, held_out=True)
    test_rows = test_functions + test_pairs
    log(f"{len(train.rows)} rows to train on, {len(test_rows)} held out")

    digest = corpus_hash(data)
    inputs = {"corpus": digest, "pairs": len(pairs)}
    wide, wide_oof = train_wide(train, config, Checkpoints(work, inputs | _wide_inputs(config)), log)
    deep_checkpoints = Checkpoints(work, inputs | asdict(config))
    tokenizer, encoder, deep_oof = train_deep(train, wide_oof, config, deep_checkpoints, log)
    corpus_rows = [number for number, row in enumerate(train.rows) if row.pair is None]
    out_of_fold = {"wide": detector_metrics(train.rows, wide_oof)}
    log(f"out of fold: wide {_headline(out_of_fold['wide'])}")
    if encoder is not None:
        out_of_fold["wide_deep"] = detector_metrics(train.rows, wide_oof + deep_oof)
        log(f"out of fold: wide + deep {_headline(out_of_fold['wide_deep'])}")
        if config.deep is DeepPart.IF_BETTER and not _is_better(
            out_of_fold["wide_deep"], out_of_fold["wide"]
        ):
            log("the deep part does not help on repositories it never saw: it is left out")
            encoder, deep_oof = None, np.zeros(len(train.rows))
    oof = wide_oof + deep_oof
    calibration = fit_calibration(
        [train.rows[number] for number in corpus_rows], oof[corpus_rows], train.weights[corpus_rows], config
    )

    test_wide = _wide_logits(test_rows, wide, config)
    test_deep = np.zeros(len(test_rows))
    if encoder is not None:
        test_deep = deep_logits(encoder, encode_rows(test_rows, tokenizer), tokenizer, overlap=config.overlap)
    logits = wide.bias + test_wide + test_deep
    metrics: dict[str, Any] = {
        "held_out": detector_metrics(test_rows, logits),
        "verdicts": verdict_metrics(test_rows, logits, calibration),
        "slices": slices(test_rows, logits),
        "parts": {
            "wide": detector_metrics(test_rows, test_wide),
            "deep": detector_metrics(test_rows, test_deep) if encoder is not None else None,
        },
        "out_of_fold": out_of_fold,
    }
    log(f"held out: wide {_headline(metrics['parts']['wide'])}; shipped {_headline(metrics['held_out'])}")
    if config.baselines:
        metrics["baselines"] = _baselines(
            train, test_rows, Checkpoints(work, inputs | _baseline_inputs(config)), log
        )
    parts = Parts(
        wide=wide,
        views=tuple(settings.view for settings in config.views),
        encoder=encoder,
        tokenizer=tokenizer,
        overlap=config.overlap,
        baseline_logit=wide.bias + (neutral_logit(encoder, tokenizer) if encoder is not None else 0.0),
        calibration=calibration,
        metrics=metrics,
        data={
            "functions": len(functions),
            "pairs": len(pairs) // 2,
            "repositories": len({row.repo for row in functions}),
            "training_repositories": len({row.repo for row in train.rows}),
            "held_out_repositories": len({row.repo for row in test_rows}),
            "sha256": digest,
        },
    )
    write_bundle(out, parts, config)
    log(f"wrote {out}")
    return metrics


def train_wide(
    train: Corpus, config: BuildConfig, checkpoints: Checkpoints, log: Log
) -> tuple[WideModel, Floats]:
    """The wide part on all of ``train``, and its out-of-fold logits ``(n,)``, bias included."""
    if (kept := checkpoints.arrays("wide")) is not None:
        log("wide part taken from its checkpoint")
        return WideModel(kept["table"], float(kept["bias"])), kept["out_of_fold"]
    views = [settings.view for settings in config.views]
    matrices = view_matrices(train.rows, views, processes=config.processes)
    log(f"extracted {sum(matrix.nnz for matrix in matrices) / 1e6:.0f} M n-grams")
    out_of_fold, models = [], []
    for settings, matrix in zip(config.views, matrices, strict=True):
        fold_logits = cross_fit(matrix, train.labels, train.weights, train.folds, settings.strength)
        out_of_fold.append(fold_logits)
        models.append(fit_linear(matrix, train.labels, train.weights, settings.strength))
        log(f"{settings.view.kind}: out of fold {_headline(detector_metrics(train.rows, fold_logits))}")
    stacked = np.stack(out_of_fold, axis=1)
    scales, intercept = fit_scales(stacked, train.labels, train.weights)
    log(f"scales {np.round(scales, 3).tolist()}")
    wide, logits = combine(models, scales, intercept), stacked @ scales + intercept
    checkpoints.keep_arrays("wide", table=wide.table, bias=np.array(wide.bias), out_of_fold=logits)
    return wide, logits


def train_deep(
    train: Corpus, wide_oof: Floats, config: BuildConfig, checkpoints: Checkpoints, log: Log
) -> tuple[Tokenizer, CompactEncoder | None, Floats]:
    """The deep part on what ``wide_oof`` leaves, and its own out-of-fold logits ``(n,)``."""
    tokenizer = Tokenizer(
        train_tokenizer(
            train.rows, vocab_size=config.vocab_size, sample=config.tokenizer_sample, seed=config.seed
        )
    )
    if config.deep is DeepPart.OFF:
        return tokenizer, None, np.zeros(len(train.rows))
    tokens = encode_rows(train.rows, tokenizer)
    log(f"{sum(len(ids) for ids in tokens) / 1e6:.1f} M tokens, vocabulary {tokenizer.vocab_size}")
    shape = EncoderConfig(
        vocab_size=tokenizer.vocab_size,
        dim=config.dim,
        layers=config.layers,
        heads=config.heads,
        feedforward=config.feedforward,
        context=config.context,
        ngram_buckets=config.ngram_buckets,
        ngram_dim=config.ngram_dim,
    )

    def fit(stage: str, keep: npt.NDArray[np.bool_]) -> CompactEncoder:
        if (kept := checkpoints.encoder(stage, shape)) is not None:
            return kept
        weights = np.where(keep, train.weights, 0.0)
        model = train_residual(
            tokens, train.labels, weights, wide_oof, tokenizer, shape, config.finetune, log
        )
        checkpoints.keep_encoder(stage, model)
        return model

    logits = np.zeros(len(train.rows))
    folds = train.folds % config.deep_folds
    for fold in range(config.deep_folds):
        inside = np.flatnonzero(folds == fold)
        model = fit(f"deep-{fold}", folds != fold)
        logits[inside] = deep_logits(model, [tokens[n] for n in inside], tokenizer, overlap=config.overlap)
        rows = [train.rows[number] for number in inside]
        alone, both = logits[inside], wide_oof[inside] + logits[inside]
        log(
            f"deep, fold {fold}: alone {_headline(detector_metrics(rows, alone))}; wide "
            f"{_headline(detector_metrics(rows, wide_oof[inside]))}; both {_headline(detector_metrics(rows, both))}"
        )
    return tokenizer, fit("deep", np.ones(len(train.rows), dtype=bool)), logits


def _wide_inputs(config: BuildConfig) -> dict[str, Any]:
    """What the wide part depends on, so that it is not trained again for another deep part."""
    return {
        "views": [asdict(view) for view in config.views],
        "weight": config.pair_weight,
        "folds": config.folds,
    }


def _baseline_inputs(config: BuildConfig) -> dict[str, Any]:
    return {"weight": config.pair_weight}


def _side(functions: list[Row], pairs: list[Row], *, held_out: bool) -> tuple[list[Row], list[Row]]:
    return (
        [row for row in functions if is_held_out(row.repo) is held_out],
        [row for row in pairs if is_held_out(row.repo) is held_out],
    )


def _wide_logits(rows: Sequence[Row], wide: WideModel, config: BuildConfig) -> Floats:
    matrices = view_matrices(rows, [settings.view for settings in config.views], processes=config.processes)
    # As shipped: the table is stored in half precision.
    table = wide.table.astype(np.float16).astype(np.float32)
    logits: Floats = (sparse.hstack(matrices).tocsr() @ table).astype(np.float64)
    return logits


def _baselines(train: Corpus, test_rows: list[Row], checkpoints: Checkpoints, log: Log) -> dict[str, Any]:
    """Baselines see the same rows with the same weights, pairs included."""
    figures: dict[str, Any] = {}
    for name, make in BASELINES.items():
        if (kept := checkpoints.arrays(name)) is not None:
            logits = kept["logits"]
        else:
            logits = baseline_logits(fit_baseline(make(), train.rows, train.weights), test_rows)
            checkpoints.keep_arrays(name, logits=logits)
        figures[name] = detector_metrics(test_rows, logits)
        log(f"baseline {name}: {_headline(figures[name])}")
    return figures


def _is_better(left: dict[str, Any], right: dict[str, Any]) -> bool:
    """Whether ``left`` ranks human code of both eras and the pairs better than ``right``, on the whole."""
    keys = ("old_human", "modern_human", "pairs")
    return sum((left[key]["auroc"] or 0.0) - (right[key]["auroc"] or 0.0) for key in keys) > 0


def _headline(metrics: dict[str, Any]) -> str:
    old, modern = metrics["old_human"], metrics["modern_human"]
    pairs = metrics["pairs"]["auroc"]
    return (
        f"old {old['auroc']:.4f}/{old['tpr_at_1_fpr']:.3f} modern {modern['auroc']:.4f}/"
        f"{modern['tpr_at_1_fpr']:.3f} pairs {pairs if pairs is None else round(pairs, 4)}"
    )


def _timed(log: Log) -> Log:
    started = time.monotonic()
    return lambda line: log(f"[{time.monotonic() - started:7.1f} s] {line}")
