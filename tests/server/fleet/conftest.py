"""Three repositories, a model with rules for commits, and the results of a scan by one process."""

from pathlib import Path

import pytest

from support.fleet_scans import Here, content, request, run
from support.repositories import Repository, plain_functions
from support.tiny_model import with_commit_rules


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory, tiny_model_dir: Path) -> Path:
    return with_commit_rules(tmp_path_factory.mktemp("fleet-model"), tiny_model_dir)


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three repositories of six commits each, one of them bare."""
    root = tmp_path_factory.mktemp("repositories")
    made = []
    for number, name in enumerate(("one", "two", "three")):
        repository = Repository(root / name)
        for day in range(1, 7):
            files = {
                f"src/m{day}.py": plain_functions(
                    f"{name}_{day}_a", f"{name}_{day}_b", number=10 * number + day
                )
            }
            repository.commit(files, date=f"2020-0{day}-01")
        made.append(repository)
    made[0].git("clone", "-q", "--bare", str(root / "three"), str(root / "three.git"))
    return [root / "one", root / "two", root / "three.git"]


@pytest.fixture(scope="session")
def local(tmp_path_factory: pytest.TempPathFactory, folders: list[Path], model: Path) -> dict[str, bytes]:
    """The files of a scan by one process."""
    folder = tmp_path_factory.mktemp("local")
    tally, said = run(Here(model), request(folders, model), folder)
    assert (tally.done, tally.failed, tally.lost, said) == (9, 0, 0, [])
    return content(folder)
