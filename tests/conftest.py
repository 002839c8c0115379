"""Fixtures for all tests: tiny model bundles, exported once a session."""

import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

# The models of the tests are so small that threads only wait for each other, above all on a busy machine.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# PyTorch remembers what each operation makes of shapes. With symbolic ones, as in an export, that costs more than it
# saves: without it, an export of tiny graphs is done in four fifths of the time, and writes the same bytes.
os.environ.setdefault("TORCH_FAKE_TENSOR_DISPATCH_CACHE", "0")

# Test modules are loaded by their path, so the folder that holds `support` is not a place to import from yet.
sys.path.insert(0, str(Path(__file__).parent))

if TYPE_CHECKING:
    from support.tiny_model import TinyModel


def pytest_collection_finish() -> None:
    """Half a million objects of loaded modules stay: no later collection of garbage need look at them.

    Nor need it look at new ones after every 700: in an export, which makes millions, that takes a tenth of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)


@pytest.fixture(scope="session")
def graphs(request: pytest.FixtureRequest) -> Path:
    """Where exported graphs are kept between sessions; ``pytest --cache-clear`` empties it."""
    cache: pytest.Cache = request.config.cache
    return cache.mkdir("codeorigin-graphs")


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
def tiny_refining_model(tmp_path_factory: pytest.TempPathFactory, graphs: Path) -> "TinyModel":
    """A bundle whose deep part is asked after the wide one, of chosen functions; tests must not change its folder."""
    from support.tiny_model import build_tiny_model  # noqa: PLC0415
    from support.tiny_refinement import REFINED  # noqa: PLC0415

    return build_tiny_model(tmp_path_factory.mktemp("tiny-refining-model"), refines=REFINED, cache=graphs)


@pytest.fixture(scope="session")
def tiny_wide_model(tmp_path_factory: pytest.TempPathFactory, graphs: Path) -> "TinyModel":
    """A bundle without a deep part."""
    from support.tiny_model import build_tiny_model  # noqa: PLC0415

    return build_tiny_model(tmp_path_factory.mktemp("tiny-wide-model"), deep=False, cache=graphs)
