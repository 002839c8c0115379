"""The command ``export``: builds a bundle from a run's parts, checks it and measures it on held-out repositories."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass
from scipy import sparse

from codeorigin.model.calibration.calibration import Calibration
from codeorigin.model.folder import MANIFEST, sha256_of
from codeorigin.model.ngrams.hashed_views import View
from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.arrays import Floats, Floats32
from codeorigin_training.bundle.baselines import baseline_figures
from codeorigin_training.bundle.quantization import quantize
from codeorigin_training.bundle.writing import ExportError, Parts, write_bundle
from codeorigin_training.calibration.config import judged
from codeorigin_training.calibration.neighbours import commit_numbers, file_numbers
from codeorigin_training.calibration.pooled import pooled_samples
from codeorigin_training.configuration import STRICT, Count, NotNegative, Whole
from codeorigin_training.data.rows import (
    Row,
    corpus_hash,
    of_repositories,
    paired_of,
    rows_where,
)
from codeorigin_training.data.seen import SeenProjects
from codeorigin_training.data.sides import TrainingSide, read_sides
from codeorigin_training.data.weights import PAIR_WEIGHT
from codeorigin_training.encoder.files import load_encoder
from codeorigin_training.encoder.inference import deep_logits, encode_rows, neutral_logit
from codeorigin_training.matrices import view_matrices
from codeorigin_training.metrics.answers import Answers, answers_of, context_answers
from codeorigin_training.metrics.classification import keep_test_set
from codeorigin_training.metrics.populations import (
    calibration_error,
    lengths_of,
    share_figures,
    with_the_past,
)
from codeorigin_training.metrics.rankings import (
    Bootstrap,
    era_figures,
    headline,
    language_figures,
    mixed_figures,
    project_figures,
    ranking_figures,
    setting_figures,
    tracked_numbers,
    whole_figures,
)
from codeorigin_training.metrics.table import (
    AGENTS,
    BANDS,
    IN_PROJECTS,
    MODERN,
    OF_THE_SAME,
    OLD,
    PACKAGES,
    Figure,
)
from codeorigin_training.run import Run
from codeorigin_training.tracking import tracked
from codeorigin_training.wide import WideModel, default_views


@dataclass(frozen=True, config=STRICT)
class ExportConfig:
    """Name, size limit and other settings of a bundle.

    ``views`` are those that the run's wide part was trained with. Adjacent windows share ``overlap`` tokens.
    ``limit_bytes`` is for all of the bundle's files together. ``baselines`` trains the textbook detectors on the same
    rows, with weight ``pair_weight`` for each row of a pair, for the comparison in the manifest; they take longer than
    the model. Intervals are of
    ``rounds`` draws.
    """

    name: str = Field(default="codeorigin-small", min_length=1)
    version: str = Field(default="0.8.0", min_length=1)
    views: tuple[View, ...] = Field(
        default_factory=lambda: tuple(settings.view for settings in default_views()), min_length=1
    )
    overlap: Whole = 128
    limit_bytes: Count = 50_000_000
    baselines: bool = False
    pair_weight: NotNegative = PAIR_WEIGHT
    processes: Count = 2
    rounds: Count = 100


def export(config: ExportConfig, run: Run) -> None:
    """Write ``run.bundle``.

    If it was fitted on all repositories, its twin fitted without the held-out ones is written to ``run.twin``. In
    both manifests, all figures on held-out repositories are the twin's.

    Raises:
        RunError: an earlier stage is missing.
        ExportError: the parts do not belong together, or the bundle is too large.
        ParityError: the output of an exported graph differs from the model's.
    """
    entry = _calibration_entry(run)
    needed = [run.calibration, run.wide, *([run.reference] if "reference" in entry else [])]
    if entry["deep"]:
        needed[1:2] = [run.needs(run.finetuned, "finetune"), run.needs(run.tokenizer, "tokenizer")]
    inputs = {path.name: sha256_of(path) for path in needed} | {
        "corpus": corpus_hash(run.needs(run.corpus, "corpus"))
    }
    settings = asdict(replace(config, processes=1))
    run.cached(
        "export", [inputs, settings], lambda: _write(config, run, entry, inputs), [run.bundle / MANIFEST]
    )


def _calibration_entry(run: Run) -> dict[str, Any]:
    """The run's calibration, checked to fit the run's current logits."""
    again = "run `python -m codeorigin_training calibrate` again"
    path = run.needs(run.calibration, "calibrate")
    try:
        entry: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        fitted_on, logits = dict(entry["inputs"]), run.deep if entry["deep"] else run.wide
        for calibration in (entry, entry["twin"]):
            Calibration.from_manifest(calibration)
    except (ValueError, KeyError, TypeError) as error:
        raise ExportError(f"{path}: not a calibration ({error!r}); {again}") from error
    if not logits.exists() or fitted_on.get(logits.name) != sha256_of(logits):
        raise ExportError(f"{path}: was fitted on another {logits.name}; {again}")
    return entry


def _write(config: ExportConfig, run: Run, entry: dict[str, Any], inputs: dict[str, str]) -> None:
    side, held_out = read_sides(run.corpus, pair_weight=config.pair_weight, folds=2)
    checked = Calibration.from_manifest(entry["twin"])
    on_all, of_twin = False, None
    parts = Parts(
        views=config.views,
        overlap=config.overlap,
        calibration=Calibration.from_manifest(entry),
        data=_data(side, held_out, inputs),
    )
    if entry["deep"]:
        encoder, tokenizer = load_encoder(run.finetuned), Tokenizer.load(run.tokenizer)
        if config.overlap >= encoder.context:
            raise ExportError(f"overlap must be less than the encoder's context, {encoder.context}")
        neutral = neutral_logit(encoder, tokenizer)
        parts = replace(parts, encoder=encoder, tokenizer=tokenizer, baseline_logit=neutral)
        logits = deep_logits(encoder, encode_rows(held_out, tokenizer), tokenizer, overlap=config.overlap)
        out_of_fold = np.load(run.deep)["out_of_fold"]
    else:
        wide, of_twin, on_all, out_of_fold = _wide_parts(config, run)
        parts = replace(parts, wide=wide)
        matrix = sparse.hstack(view_matrices(held_out, config.views, processes=config.processes)).tocsr()
        logits = replace(of_twin, table=quantize(of_twin.table).weights).logits(matrix, held_out)
    draws, settings = Bootstrap(config.rounds), [inputs["corpus"], config.pair_weight]
    with tracked(run, "export", config, data=inputs["corpus"]) as tracker:
        keep_test_set(tracker, held_out, answers_of(held_out, logits, checked.alone).probability)
        figures = ranking_figures(held_out, logits, "by_text", draws)
        run.log(f"held out: {headline(figures)}")
        tracker.metrics(tracked_numbers(figures), 0)
        reference = _reference(run, checked, side, held_out)
        figures += held_out_figures(held_out, logits, checked, draws, reference[len(side.rows) :])
        if config.baselines:
            figures += baseline_figures(side, held_out, run, settings, draws)
        seen_in_folds = ranking_figures(side.rows, out_of_fold, "by_text", draws)
        seen_in_folds += function_figures(side.rows, out_of_fold, checked, draws, reference[: len(side.rows)])
        rows = [
            figure.to_row() for figure in seen_in_folds if in_manifest(figure) and figure.language == "all"
        ]
        kept = [figure.to_row() for figure in figures if in_manifest(figure)]
        metrics = {"held_out": kept, "out_of_fold": rows}

        def described(with_held_out: bool) -> dict[str, Any]:
            seen = SeenProjects.of(row.repo for row in [*side.rows, *(held_out if with_held_out else ())])
            return parts.data | {"fitted_on_all_repositories": with_held_out, "seen": seen.to_manifest()}

        general = _general_means(run, parts.calibration, "all" if on_all else "twin")
        parts = replace(parts, metrics=metrics, data=described(on_all), general=general)
        write_bundle(run.bundle, parts, asdict(config), limit_bytes=config.limit_bytes)
        if on_all:
            twin = replace(
                parts,
                wide=of_twin,
                calibration=checked,
                data=described(with_held_out=False),
                general=_general_means(run, checked, "twin"),
            )
            write_bundle(run.twin, twin, asdict(config))
        size = sum(path.stat().st_size for path in run.bundle.iterdir())
        tracker.artifact(run.bundle / MANIFEST)
        run.log(f"wrote {run.bundle}: {size:,} bytes")


def _reference(run: Run, calibration: Calibration, side: TrainingSide, held_out: Sequence[Row]) -> Floats:
    """What its project's own code adds to the logit of every row of ``side`` and of ``held_out``, NaN for nothing."""
    rows = [*side.rows, *held_out]
    found = np.full(len(rows), np.nan)
    if calibration.reference is not None:
        with np.load(run.needs(run.reference, "calibrate")) as arrays:
            found[~paired_of(rows)] = arrays["evidence"]
    return found


def _general_means(run: Run, calibration: Calibration, which: str) -> dict[str, Floats32]:
    """The general means of ``all`` rows or of the ``twin``'s, by language; none without a rule for a reference."""
    if calibration.reference is None:
        return {}
    with np.load(run.needs(run.reference, "calibrate")) as arrays:
        return {
            name.removeprefix(f"{which} "): arrays[name] for name in arrays if name.startswith(f"{which} ")
        }


def _wide_parts(config: ExportConfig, run: Run) -> tuple[WideModel, WideModel, bool, Floats]:
    """The model that ships, its twin, whether they differ, and out-of-fold logits."""
    try:
        with np.load(run.wide) as arrays:
            languages = json.loads(str(arrays["languages"]))
            shipped, twin = (WideModel(arrays[name], languages[name]) for name in ("table", "twin"))
            on_all, out_of_fold = bool(arrays["all_repositories"]), arrays["out_of_fold"]
    except (OSError, ValueError, KeyError) as error:
        raise ExportError(
            f"{run.wide}: holds no wide part; run `python -m codeorigin_training wide` again"
        ) from error
    if len(shipped.table) != sum(view.width for view in config.views):
        raise ExportError(
            f"{run.wide}: its table has {len(shipped.table)} rows, the views "
            f"{sum(view.width for view in config.views)}; set views as they were when it was trained"
        )
    return shipped, twin, on_all, out_of_fold


def in_manifest(figure: Figure) -> bool:
    """Whether a manifest has the figure: what the card and the pages show, a tenth of all.

    The rest would be most of what is installed.
    """
    population, context, statistic = figure.population, figure.context, figure.statistic
    if figure.value is None:
        return False
    whole = population in (AGENTS, OLD, MODERN, PACKAGES)
    if figure.language != "all":
        shown = population == AGENTS or (population in (OLD, MODERN) and statistic == BANDS[0])
        return context == "in_file" and shown
    if statistic == BANDS[1] and population not in (AGENTS, IN_PROJECTS):
        return False
    of_length = population in {f"{kind}, {name}" for kind in (AGENTS, MODERN) for name in lengths_of(())}
    if ", " in population and not of_length and not population.startswith("known by "):
        return False
    if context.endswith(("_past", "_records")):
        return population in (IN_PROJECTS, OF_THE_SAME, OLD, MODERN)
    return whole or statistic not in BANDS or not context.endswith("_commit")


def held_out_figures(
    rows: Sequence[Row],
    logits: Floats,
    calibration: Calibration,
    draws: Bootstrap,
    reference: Floats | None = None,
) -> Iterator[Figure]:
    """Figures of ``rows`` that nothing was fitted on, with ``logits`` ``(n,)``: functions, files and commits.

    The ranking by eras and languages is of all functions, also those that are too short for a verdict.
    """
    corpus = of_repositories(rows)
    repositories, of_repository = rows_where(rows, corpus), logits[corpus]
    yield from language_figures(repositories, of_repository, "by_text")
    contexts = context_answers(repositories, of_repository, calibration)
    if "in_file" in contexts:
        yield from era_figures(repositories, contexts["in_file"].log_odds, "in_file", draws)
    yield calibration_error(repositories, contexts["by_text"], "by_text")
    yield from function_figures(rows, logits, calibration, draws, reference)
    for context, rule, numbers in (
        ("whole files", calibration.file, file_numbers(repositories)),
        ("whole commits", calibration.commit, commit_numbers(repositories)),
    ):
        if rule is not None:
            fewest = rule.fewest_functions
            samples = pooled_samples(repositories, of_repository, numbers, calibration, fewest)
            yield from whole_figures(samples, rule, context, draws)


def function_figures(
    rows: Sequence[Row],
    logits: Floats,
    calibration: Calibration,
    draws: Bootstrap,
    reference: Floats | None = None,
) -> Iterator[Figure]:
    """Figures of the functions in ``rows`` with a verdict, with out-of-sample ``logits`` ``(n,)``.

    ``reference`` ``(n,)`` are what its project's own code adds to each logit, NaN for nothing.

    Pairs are left out. A distribution's packages have shares alone: they are human code of another kind.
    """
    counted = ~paired_of(rows) & judged(rows, calibration)
    added = np.full(len(rows), np.nan) if reference is None else reference
    rows, logits, added = rows_where(rows, counted), logits[counted], added[counted]
    yield from share_figures(rows, context_answers(rows, logits, calibration))
    corpus = of_repositories(rows)
    rows, logits, added = rows_where(rows, corpus), logits[corpus], added[corpus]
    ways = in_contexts(rows, logits, calibration)
    past = with_the_past(rows, logits, calibration, ways, added)
    yield from share_figures(rows, past)
    yield from project_figures(rows, ways | past, draws)
    yield from setting_figures(rows, ways, draws)
    if calibration.commit_context is not None:
        yield from mixed_figures(rows, logits, calibration, draws)


def in_contexts(rows: Sequence[Row], logits: Floats, calibration: Calibration) -> dict[str, Answers]:
    """Answers by own text, and in the file where the calibration has a rule for it."""
    found = context_answers(rows, logits, calibration)
    return {name: answers for name, answers in found.items() if name in ("by_text", "in_file")}


def _data(side: TrainingSide, held_out: list[Row], inputs: dict[str, str]) -> dict[str, Any]:
    everything = [*side.rows, *held_out]

    def count(rows: Sequence[Row], *, packages: bool) -> int:
        return len({row.repo for row in rows if row.is_packaged is packages})

    return {
        "functions": sum(row.pair is None for row in everything),
        "pairs": sum(row.pair is not None for row in everything) // 2,
        "repositories": count([row for row in everything if row.pair is None], packages=False),
        "training_repositories": count(side.rows, packages=False),
        "held_out_repositories": count(held_out, packages=False),
        "packages": count(everything, packages=True),
        "held_out_packages": count(held_out, packages=True),
        "sha256": inputs["corpus"],
        "inputs": inputs,
    }
