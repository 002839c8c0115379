import pytest

from codeorigin_training.data.projects import project_of
from codeorigin_training.data.splits import fold_of, is_held_out


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
