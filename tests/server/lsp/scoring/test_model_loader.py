"""The model as the server holds it: loaded on first use, failing once, and never two at a time."""

from pathlib import Path
from typing import Any

import pytest

from codeorigin.errors import Cancelled, ModelError
from codeorigin.lsp.scoring import model_loader
from codeorigin.lsp.scoring.model_loader import Engine

FIRST, SECOND = Path("first"), Path("second")


class Loader:
    """Stands for loading: an analyzer is the name of its folder. Does ``meanwhile`` while it loads."""

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


def test_it_is_loaded_once(loader: Loader) -> None:
    engine = Engine(FIRST)
    assert engine.loaded is None
    assert [engine.analyzer(), engine.analyzer(0)] == ["first", "first"]
    assert engine.loaded == "first"
    assert loader.loaded == [FIRST]
    assert not engine.choose(FIRST)
    assert engine.generation == 0


def test_what_was_begun_with_one_model_does_not_go_on_with_the_next(loader: Loader) -> None:
    engine = Engine(FIRST)
    generation = engine.generation
    assert engine.analyzer(generation) == "first"
    assert engine.choose(SECOND)
    with pytest.raises(Cancelled):
        engine.analyzer(generation)
    assert engine.analyzer(engine.generation) == "second"


def test_another_model_is_chosen_while_one_is_loaded(loader: Loader) -> None:
    engine = Engine(FIRST)
    loader.meanwhile = lambda: engine.choose(SECOND)
    with pytest.raises(Cancelled):
        engine.analyzer(0)
    loader.meanwhile = lambda: engine.choose(FIRST)
    assert engine.analyzer() == engine.loaded == "first"
    assert loader.loaded == [FIRST, SECOND, FIRST]


def test_a_failure_is_kept_until_another_model_is_chosen(loader: Loader) -> None:
    engine = Engine(Path("broken"))
    for _ in range(2):
        with pytest.raises(ModelError):
            engine.analyzer()
    assert loader.loaded == [Path("broken")]
    assert isinstance(engine.error, ModelError)
    assert engine.choose(FIRST)
    assert engine.error is None
    assert engine.analyzer() == "first"


def test_a_failure_of_the_model_before_is_not_the_next_ones(loader: Loader) -> None:
    engine = Engine(Path("broken"))
    loader.meanwhile = lambda: engine.choose(FIRST)
    assert engine.analyzer() == "first"
    assert engine.error is None
