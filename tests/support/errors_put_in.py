"""Errors of statistics, put in one by one, and the test that finds each: ``make errors``, in four minutes.

Each is a change of one place in a copy of the training package. The named test must then fail; one that passes has
a gap. :mod:`test_errors_put_in` checks in the suite that every place still exists.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

TESTS = Path(__file__).parents[1] / "training"
PACKAGE = TESTS.parents[1] / "training" / "codeorigin_training"

_STATISTICS, _ESTIMATES = "metrics/statistics.py", "metrics/estimates.py"
_POPULATIONS, _RANKINGS = "metrics/populations.py", "metrics/rankings.py"
_WEIGHTS, _SPLITS, _PAST = "data/weights.py", "data/splits.py", "thresholds/past.py"
_CURVES, _CONTEXT, _POOLED = "thresholds/shares.py", "thresholds/context.py", "thresholds/pooled.py"
_COPIES, _OF_COPIES = "data/near_duplicates.py", "data/test_near_duplicates.py"
_OF_STATISTICS, _OF_ESTIMATES = "metrics/test_statistics.py", "metrics/test_estimates.py"
_OF_POPULATIONS, _OF_RANKINGS = "metrics/test_populations.py", "metrics/test_rankings.py"
_OF_WEIGHTS, _OF_SPLITS, _OF_PAST = "data/test_splits.py", "data/test_splits.py", "thresholds/test_context.py"
_OF_CURVES, _OF_CONTEXT = "thresholds/test_shares.py", "thresholds/test_context.py"

ERRORS: tuple[tuple[str, str, str, str], ...] = (
    (_STATISTICS, "[0.05, 0.95]", "[0.025, 0.975]", f"{_OF_STATISTICS}::test_intervals_are_of_90_percent"),
    (
        _STATISTICS,
        "scores[labels == 1] > threshold",
        "scores[labels == 1] >= threshold",
        f"{_OF_STATISTICS}::test_tpr_counts_positives_above_the_hundredth_negative",
    ),
    (
        _STATISTICS,
        "1.0 - false_positive_rate,",
        "1.0 - 2 * false_positive_rate,",
        f"{_OF_STATISTICS}::test_tpr_counts_positives_above_the_hundredth_negative",
    ),
    (
        _STATISTICS,
        "positives * (positives + 1) / 2",
        "positives * (positives - 1) / 2",
        f"{_OF_STATISTICS}::test_auroc_matches_pairs_counted_by_hand",
    ),
    (
        _STATISTICS,
        "inside.mean() * abs(",
        "inside.mean() * (",
        f"{_OF_STATISTICS}::test_calibration_error_adds_the_gaps_of_all_bins",
    ),
    (
        _STATISTICS,
        "0.5 * (llm == human)",
        "1.0 * (llm == human)",
        f"{_OF_STATISTICS}::test_ties_count_half_in_pairs_in_order",
    ),
    (
        _STATISTICS,
        "units = np.unique(groups, return_inverse=True)[1]",
        "units = np.arange(len(groups))",
        f"{_OF_STATISTICS}::test_the_bootstrap_draws_whole_groups",
    ),
    (
        _ESTIMATES,
        "FEWEST_AFFECTED = 5",
        "FEWEST_AFFECTED = 2",
        f"{_OF_ESTIMATES}::test_interval_of_a_rare_event_is_no_point_at_zero",
    ),
    (
        _ESTIMATES,
        "Estimate(float(rates.mean())",
        "Estimate(float(called.mean())",
        f"{_OF_ESTIMATES}::test_share_is_the_mean_over_repositories",
    ),
    (
        _POPULATIONS,
        "shares.OLD: OLD, shares.MODERN: MODERN",
        "shares.OLD: MODERN, shares.MODERN: OLD",
        f"{_OF_POPULATIONS}::test_eras_and_classes_have_their_functions",
    ),
    (
        _POPULATIONS,
        "(answers.llm, ~answers.llm & ~answers.human, answers.human)",
        "(answers.llm, answers.human, ~answers.llm & ~answers.human)",
        f"{_OF_POPULATIONS}::test_eras_and_classes_have_their_functions",
    ),
    (
        _WEIGHTS,
        "_RARER_CLASS_CAP = 3.0",
        "_RARER_CLASS_CAP = 30.0",
        f"{_OF_WEIGHTS}::test_class_gets_at_most_three_times_the_weight_of_the_rarer_one",
    ),
    (
        _WEIGHTS,
        "np.where(packaged, 0.0, base)",
        "base",
        f"{_OF_WEIGHTS}::test_distribution_takes_share_of_human_weight_without_adding_any",
    ),
    (
        _WEIGHTS,
        "/ np.sqrt(np.bincount(sources)[sources])",
        "/ np.bincount(sources)[sources]",
        f"{_OF_WEIGHTS}::test_repository_weight_grows_with_square_root_of_its_rows",
    ),
    (
        _WEIGHTS,
        "2 * cells(rows) + np.array([is_documented(row.code, row.language) for row in rows])",
        "2 * cells(rows)",
        f"{_OF_WEIGHTS}::test_documented_human_and_llm_code_have_equal_weight",
    ),
    (
        _WEIGHTS,
        "LENGTH_EDGES = (5, 9, 16, 30)",
        "LENGTH_EDGES = (5, 8, 16, 30)",
        f"{_OF_WEIGHTS}::test_length_classes_have_documented_edges",
    ),
    (
        _WEIGHTS,
        "generator.choice(side, count, replace=False)",
        "generator.choice(side, count)",
        f"{_OF_WEIGHTS}::test_matched_sample_is_balanced_and_drawn_from_kept_rows",
    ),
    (
        _SPLITS,
        "TEST_SHARE = 0.15",
        "TEST_SHARE = 0.2",
        f"{_OF_SPLITS}::test_repositories_stay_on_their_side",
    ),
    (_SPLITS, '"test") < TEST', '"fold") < TEST', f"{_OF_SPLITS}::test_repositories_stay_on_their_side"),
    (
        _SPLITS,
        'project_of(repo), "fold")',
        'repo, "fold")',
        f"{_OF_SPLITS}::test_packages_of_one_project_stay_together",
    ),
    (
        _PAST,
        "and not row.modern",
        "",
        f"{_OF_PAST}::test_past_is_that_of_human_functions_before_code_assistants_with_a_verdict",
    ),
    (
        _PAST,
        "row.label == 0 and not",
        "not",
        f"{_OF_PAST}::test_past_is_that_of_human_functions_before_code_assistants_with_a_verdict",
    ),
    (
        _PAST,
        "typical=float(quantiles.mean())",
        "typical=float(np.median(quantiles))",
        f"{_OF_PAST}::test_typical_quantile_is_a_mean_and_not_a_median",
    ),
    (
        _PAST,
        "is_counted and not row.is_packaged",
        "is_counted",
        f"{_OF_PAST}::test_typical_quantile_is_the_mean_over_projects",
    ),
    (_CURVES, "np.max([curve[", "np.min([curve[", f"{_OF_CURVES}::test_the_era_that_scores_higher_counts"),
    (
        _CURVES,
        "np.cumsum(1.0 / counts[number[order]])",
        "np.cumsum(np.full(len(order), len(counts) / len(order)))",
        f"{_OF_CURVES}::test_every_repository_counts_alike_however_large",
    ),
    (
        _CURVES,
        "shrinkage * everywhere) / (repositories + shrinkage)",
        "shrinkage * everywhere) / (repositories + 2 * shrinkage)",
        f"{_OF_CURVES}::test_language_with_few_repositories_borrows_from_all",
    ),
    (
        _CURVES,
        "return DISTRIBUTION",
        "return OLD",
        f"{_OF_CURVES}::test_packages_of_a_distribution_change_nothing_but_the_temperature",
    ),
    (
        _CONTEXT,
        "(files >= 0) & judged",
        "files >= 0",
        f"{_OF_CONTEXT}::test_functions_without_verdict_neither_give_nor_get_evidence",
    ),
    (
        _CONTEXT,
        "(row.repo, row.commit if counts",
        '("", row.commit if counts',
        f"{_OF_CONTEXT}::test_commits_are_numbered_per_repository_and_packages_have_none",
    ),
    (
        _POOLED,
        "(number, row.label, row.modern)",
        "(number, row.label, False)",
        "thresholds/test_context.py::test_classes_eras_and_repositories_are_separate_samples",
    ),
    (
        "thresholds/shares.py",
        "weights=weights",
        "weights=None",
        "thresholds/test_shares.py::test_weights_count_like_repeated_functions",
    ),
    (
        _RANKINGS,
        "if min(int(labels[of].sum()),",
        "if max(int(labels[of].sum()),",
        f"{_OF_RANKINGS}::test_inside_one_repository_both_classes_have_twenty_functions",
    ),
    (
        _RANKINGS,
        "startswith(WRITTEN) is written",
        "startswith(WRITTEN) is not written",
        f"{_OF_RANKINGS}::test_pairs_of_the_corpus_and_written_ones_are_told_apart",
    ),
    (
        _POPULATIONS,
        "projects = numbered([row.project for row in rows])",
        "projects = numbered([row.repo for row in rows])",
        f"{_OF_POPULATIONS}::test_packages_of_one_project_are_one_unit",
    ),
    (
        "report/faithfulness.py",
        "below.low >= -allowed",
        "below.high >= -allowed",
        "report/test_faithfulness.py::test_interval_must_be_within_the_margin",
    ),
    (
        _COPIES,
        "copies)))] = False",
        "copies)))] = True",
        f"{_OF_COPIES}::test_no_fold_learns_from_copies_of_its_rows",
    ),
    (
        _COPIES,
        "folds != np.arange(",
        "folds == np.arange(",
        f"{_OF_COPIES}::test_no_fold_learns_from_copies_of_its_rows",
    ),
    (
        _COPIES,
        'halves.get(rows[index].pair or "", [index])',
        "[index]",
        f"{_OF_COPIES}::test_pairs_are_left_out_together",
    ),
    (
        "data/corpus.py",
        "held_out | fitting_rows",
        "~held_out | fitting_rows",
        "data/test_corpus.py::test_copies_of_held_out_code_are_removed_from_training_side",
    ),
)
"""File of the package, text, the text in its place, and the test, below this folder."""


def is_found(error: tuple[str, str, str, str], folder: Path) -> bool:
    """Whether the named test fails with ``error`` in a copy of the package in the empty ``folder``."""
    name, text, wrong, test = error
    shutil.copytree(PACKAGE, folder / PACKAGE.name, ignore=shutil.ignore_patterns("__pycache__"))
    path = folder / PACKAGE.name / name
    path.write_text(path.read_text(encoding="utf-8").replace(text, wrong, 1), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-x", str(TESTS / test)]
    environment = os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if result.returncode not in (0, 1):
        raise RuntimeError(f"{test}: pytest did not run it\n{result.stdout}{result.stderr}")
    return result.returncode == 1


def main() -> int:
    """Put in every error; the exit code is the number of those that no test finds."""
    missed = 0
    for error in ERRORS:
        with tempfile.TemporaryDirectory() as folder:
            found = is_found(error, Path(folder))
        missed += not found
        name, text, wrong, test = error
        print(f"{'found' if found else 'MISSED'}: {name}: {text!r} -> {wrong!r} ({test.partition('::')[2]})")
    return missed


if __name__ == "__main__":
    sys.exit(main())
