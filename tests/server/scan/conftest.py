"""Three repositories with a past, and a model with rules for commits and for pasts."""

from dataclasses import replace
from pathlib import Path

import pytest

from support.repositories import Repository, plain_functions
from support.tiny_model import PAST_RULE, with_commit_rules, with_past_rule


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory, tiny_model_dir: Path) -> Path:
    made = with_commit_rules(tmp_path_factory.mktemp("scan-model"), tiny_model_dir)
    return with_past_rule(made, made, replace(PAST_RULE, weight=0.05))


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three repositories of six commits each, one of them bare; all but the last commit are from before LLMs."""
    root = tmp_path_factory.mktemp("repositories")
    made = []
    for number, name in enumerate(("one", "two", "three")):
        repository = Repository(root / name)
        for day in range(1, 7):
            names = (f"{name}_{day}_a", f"{name}_{day}_b", f"{name}_{day}_c")
            files = {f"src/m{day}.py": plain_functions(*names, number=10 * number + day)}
            repository.commit(files, date=f"202{0 if day < 6 else 4}-0{day}-01")
        made.append(repository)
    made[0].git("clone", "-q", "--bare", str(root / "three"), str(root / "three.git"))
    return [root / "one", root / "two", root / "three.git"]
