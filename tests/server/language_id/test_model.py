"""The language model: what it reads from its manifest (folders in general: ``model/test_folder``), and its parts."""

import subprocess
import sys

import pytest

from codeorigin.language_id.model import Temperatures, default_model_dir


def test_shipped_model_is_small() -> None:
    assert sum(path.stat().st_size for path in default_model_dir().iterdir()) < 2_000_000


def test_temperature_depends_on_length() -> None:
    temperatures = Temperatures((10, 20), (3.0, 2.0, 1.0))
    assert [temperatures.of(count) for count in (0, 9, 10, 19, 20, 999)] == [3, 3, 2, 2, 1, 1]


@pytest.mark.parametrize(("bounds", "values"), [((10,), (1.0,)), ((20, 10), (1.0, 1.0, 1.0)), ((), (0.0,))])
def test_wrong_temperatures_are_refused(bounds: tuple[int, ...], values: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="temperature"):
        Temperatures(bounds, values)


def test_guess_loads_neither_runtime_nor_parser() -> None:
    script = (
        "import sys; from codeorigin.language_id import guess_language\n"
        "guess_language('def f(x):\\n    return x\\n')\n"
        "print(sorted({'onnxruntime', 'tokenizers', 'tree_sitter', 'torch', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
