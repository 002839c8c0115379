"""Errors carry what they are about, so that nobody has to cut it out of their sentence."""

import pickle
from pathlib import Path

import pytest

from codeorigin.core.errors import CodeOriginError, SourceError
from codeorigin.text.sources import read_source


@pytest.mark.parametrize(
    "error",
    [
        SourceError("is a binary file", "a: b.py"),
        CodeOriginError("nothing to do"),
        SourceError("x", Path("a")),
    ],
)
def test_errors_are_the_same_in_another_process(error: CodeOriginError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), again.reason, again.path) == (
        type(error), str(error), error.reason, error.path,
    )  # fmt: skip


def test_reason_does_not_contain_the_path(tmp_path: Path) -> None:
    path = tmp_path / "is a folder: x.py"
    with pytest.raises(SourceError) as caught:
        read_source(path, 1000)
    assert (caught.value.reason, caught.value.path) == ("no such file", path)
    assert str(caught.value) == f"{path}: no such file"
