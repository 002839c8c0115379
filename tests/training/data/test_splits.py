from codeorigin_training.data.splits import TEST_SHARE, fold_of, is_held_out

REPOSITORIES = [f"owner{number}/project" for number in range(4000)]


def test_split_ignores_case() -> None:
    assert all(is_held_out(repo) == is_held_out(repo.upper()) for repo in REPOSITORIES)


def test_held_out_share_is_close_to_test_share() -> None:
    share = sum(map(is_held_out, REPOSITORIES)) / len(REPOSITORIES)
    assert abs(share - TEST_SHARE) < 0.02


def test_folds_are_of_similar_size_and_independent_of_test_split() -> None:
    folds = [fold_of(repo, 4) for repo in REPOSITORIES if not is_held_out(repo)]
    assert set(folds) == {0, 1, 2, 3}
    assert max(folds.count(fold) for fold in range(4)) < 1.2 * min(folds.count(fold) for fold in range(4))
