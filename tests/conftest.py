"""Fixtures for all tests: tiny model bundles, exported once per session."""

import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from codeorigin.languages import parse_budget

# A busy machine makes no test fail.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
# The test models are so small that threads only wait for each other, especially on a busy machine.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# PyTorch caches the output shapes of each operation. With symbolic shapes, as in an export, the cache costs more
# than it saves: without it, exporting tiny graphs takes four fifths of the time and writes the same bytes.
os.environ.setdefault("TORCH_FAKE_TENSOR_DISPATCH_CACHE", "0")

# Test modules are loaded by path, so the folder that holds `support` is not on the import path yet.
sys.path.insert(0, str(Path(__file__).parent))

if TYPE_CHECKING:
    from support.tiny_model import TinyModel


_TESTS = Path(__file__).parent
_LONGEST = (
    "training/test_recipes.py",
    "server/attacks/test_hostile_modules.py",
    "server/attacks/test_nothing_leaves.py",
    "server/integrations/test_recipes.py",
    "training/test_chain.py",
    "server/scan/test_scan.py",
    "server/cli/test_closed_streams.py",
    "server/attacks/test_hostile_records.py",
    "server/languages/test_parser_pool.py",
    "server/integrations/test_action_comment.py",
    "server/git/test_stalling.py",
    "server/integrations/test_action.py",
    "server/history/test_state.py",
    "server/attacks/test_regular_expressions.py",
    "server/attacks/test_hard_texts.py",
)
"""Files of which each takes a quarter of a minute or more."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first, so that no process begins one of them when the others have nothing left to do."""
    if missing := [name for name in _LONGEST if not (_TESTS / name).is_file()]:
        raise pytest.UsageError(f"tests/conftest.py names files that are not there: {', '.join(missing)}")
    place = {_TESTS / name: number for number, name in enumerate(_LONGEST)}
    items.sort(key=lambda item: place.get(item.path, len(place)))


def pytest_collection_finish() -> None:
    """Loaded modules leave half a million objects that stay: keep the garbage collector from scanning them.

    Nor need it run after every 700 new objects: in an export, which makes millions, that takes a tenth of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)


@pytest.fixture(autouse=True)
def own_parse_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hard texts of one test take nothing from those of another, though they are parsed in one process."""
    monkeypatch.setattr(parse_budget, "_outside", parse_budget.run_budget())


@pytest.fixture(scope="session")
def graphs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that keeps exported graphs between sessions, if pytest keeps anything; ``--cache-clear`` empties it."""
    cache: pytest.Cache | None = getattr(request.config, "cache", None)
    return tmp_path_factory.mktemp("graphs") if cache is None else cache.mkdir("codeorigin-graphs")


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory, graphs: Path) -> "TinyModel":
    """A bundle with a wide and a deep part."""
    # PyTorch and the exporter take seconds to import; tests that need no model do not wait for them.
    from support.tiny_model import build_tiny_model  # noqa: PLC0415

    return build_tiny_model(tmp_path_factory.mktemp("tiny-model"), cache=graphs)


@pytest.fixture(scope="session")
def tiny_model_dir(tiny_model: "TinyModel") -> Path:
    """Folder of a bundle with a wide and a deep part; tests must not change it."""
    return tiny_model.directory


@pytest.fixture(scope="session")
def tiny_wide_model(tmp_path_factory: pytest.TempPathFactory, graphs: Path) -> "TinyModel":
    """A bundle without a deep part."""
    from support.tiny_model import build_tiny_model  # noqa: PLC0415

    return build_tiny_model(tmp_path_factory.mktemp("tiny-wide-model"), deep=False, cache=graphs)
