import pytest

from codeorigin_training.data.splits import TEST_SHARE, fold_of, is_held_out, project_of

REPOSITORIES = [f"owner{number}/project" for number in range(4000)]
HELD_OUT = [0, 8, 16, 17, 36, 42, 43, 48]
"""Places of the first ones in the test split: another share or salt would mix code that was kept apart."""


def test_split_ignores_case() -> None:
    assert all(is_held_out(repo) == is_held_out(repo.upper()) for repo in REPOSITORIES)


def test_held_out_share_is_close_to_test_share() -> None:
    share = sum(map(is_held_out, REPOSITORIES)) / len(REPOSITORIES)
    assert abs(share - TEST_SHARE) < 0.02


def test_repositories_stay_on_their_side() -> None:
    held_out = [number for number in range(60) if is_held_out(REPOSITORIES[number])]
    assert held_out == HELD_OUT


def test_folds_are_of_similar_size_and_independent_of_test_split() -> None:
    folds = [fold_of(repo, 4) for repo in REPOSITORIES if not is_held_out(repo)]
    assert set(folds) == {0, 1, 2, 3}
    assert max(folds.count(fold) for fold in range(4)) < 1.2 * min(folds.count(fold) for fold in range(4))


@pytest.mark.parametrize(
    ("repo", "project"),
    [
        ("debian/php-tally-date", "debian/tally"),
        ("debian/php-tally", "debian/tally"),
        ("debian/librust-tally-macros-dev", "debian/tally"),
        ("debian/python3-tally", "debian/tally"),
        ("debian/golang-github-someone-else", "debian/someone"),
        ("debian/golang-tally", "debian/tally"),
        ("debian/libtally-java", "debian/tally"),
        ("debian/Tally", "debian/tally"),
        ("debian/lib", "debian/lib"),
        ("debian/tally", "debian/tally"),
        ("someone/php-tally-date", "someone/php-tally-date"),
        ("Someone/Tally", "Someone/Tally"),
        ("snippets/shelf", "snippets/shelf"),
    ],
)
def test_packages_are_mapped_to_their_project(repo: str, project: str) -> None:
    assert project_of(repo) == project


def test_packages_of_one_project_stay_together() -> None:
    packages = [f"debian/php-tally-{number}" for number in range(200)]
    assert len({is_held_out(name) for name in packages}) == 1
    assert len({fold_of(name, 4) for name in packages}) == 1
    others = [f"debian/php-other{number}" for number in range(200)]
    assert len({is_held_out(name) for name in others}) == 2
    assert len({fold_of(name, 4) for name in others}) == 4
