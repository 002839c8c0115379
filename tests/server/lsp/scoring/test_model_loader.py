"""The model as the server holds it: loaded on first use, failing once, and never two at a time."""

from pathlib import Path
from typing import Any

import pytest

from codeorigin.errors import Cancelled, ModelError
from codeorigin.lsp.scoring import model_loader
from codeorigin.lsp.scoring.model_loader import ModelLoader

FIRST, SECOND = Path("first"), Path("second")


class Loader:
    """Stands in for loading: an analyzer is the name of its folder. Calls ``meanwhile`` while it loads."""

    def __init__(self) -> None:
        self.loaded: list[Path | None] = []
        self.meanwhile: Any = lambda: None

    def __call__(self, model_dir: Path | None) -> str:
        self.loaded.append(model_dir)
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        meanwhile()
        if model_dir == Path("broken"):
            raise ModelError("broken")
        return str(model_dir)


@pytest.fixture
def loader(monkeypatch: pytest.MonkeyPatch) -> Loader:
    made = Loader()
    monkeypatch.setattr(model_loader, "_load", made)
    return made


def test_model_is_loaded_once(loader: Loader) -> None:
    models = ModelLoader(FIRST)
    assert models.loaded is None
    assert [models.analyzer(), models.analyzer(0)] == ["first", "first"]
    assert models.loaded == "first"
    assert loader.loaded == [FIRST]
    assert not models.choose(FIRST)
    assert models.generation == 0


def test_work_begun_with_one_model_does_not_continue_with_the_next(loader: Loader) -> None:
    models = ModelLoader(FIRST)
    generation = models.generation
    assert models.analyzer(generation) == "first"
    assert models.choose(SECOND)
    with pytest.raises(Cancelled):
        models.analyzer(generation)
    assert models.analyzer(models.generation) == "second"


def test_another_model_is_chosen_during_loading(loader: Loader) -> None:
    models = ModelLoader(FIRST)
    loader.meanwhile = lambda: models.choose(SECOND)
    with pytest.raises(Cancelled):
        models.analyzer(0)
    loader.meanwhile = lambda: models.choose(FIRST)
    assert models.analyzer() == models.loaded == "first"
    assert loader.loaded == [FIRST, SECOND, FIRST]


def test_failure_is_kept_until_another_model_is_chosen(loader: Loader) -> None:
    models = ModelLoader(Path("broken"))
    for _ in range(2):
        with pytest.raises(ModelError):
            models.analyzer()
    assert loader.loaded == [Path("broken")]
    assert isinstance(models.error, ModelError)
    assert models.choose(FIRST)
    assert models.error is None
    assert models.analyzer() == "first"


def test_failure_of_the_previous_model_does_not_carry_over(loader: Loader) -> None:
    models = ModelLoader(Path("broken"))
    loader.meanwhile = lambda: models.choose(FIRST)
    assert models.analyzer() == "first"
    assert models.error is None
