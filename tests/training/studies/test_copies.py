"""What holds for every study: it says what is missing, and reads the deduplicated corpus.

What it is measured on has no copy among what is learnt.
"""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from codeorigin_training.cli import app
from codeorigin_training.data.rows import CorpusError, read_functions
from codeorigin_training.data.splits import is_held_out
from support.command import ROOT
from support.corpus_maker import corpus_entry, write_corpus
from support.language_texts import write_functions_of_languages

BUNDLE = f"--set=bundle={ROOT / 'models' / 'codeorigin-small'}"
COPIER = "some/copier"


@pytest.mark.parametrize(
    ("study", "reader", "settings"),
    [
        ("correctness", "correctness.study.read_functions", [BUNDLE, "--set=run=false"]),
        ("heads", "heads.study.read_functions", []),
        ("language", "language.study.read_examples", []),
        ("representations", "representations.study.read_functions", [BUNDLE]),
    ],
)
def test_a_copy_of_a_held_out_function_is_not_learnt(
    study: str, reader: str, settings: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = write_functions_of_languages(tmp_path)
    rows = pq.read_table(data / "functions.parquet").to_pylist()
    repos = {row["repo"] for row in rows}
    held_out = next(row for row in rows if is_held_out(row["repo"]))
    assert not is_held_out(COPIER)
    copy = corpus_entry(held_out["code"], held_out["language"], COPIER)
    pq.write_table(pa.Table.from_pylist([*rows, copy]), data / "functions.parquet")
    found: list[set[str]] = []

    def read(folder: Path, *_: object, **__: object) -> None:
        found.append({row.repo for row in read_functions(folder)})
        raise CorpusError("read enough")

    monkeypatch.setattr(f"codeorigin_training.studies.{reader}", read)
    command = ["study", study, f"--data={data}", f"--run={tmp_path / 'run'}", *settings]
    assert "read enough" in CliRunner().invoke(app, command).output
    assert found == [repos]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_corpus(tmp_path_factory.mktemp("data"), repositories=7, functions=30)


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["nothing"], "choose one of correctness, heads, language, representations"),
        (["language", "--set=width=9"], "width: Input should be greater than or equal to 256"),
        (["language", "--data=/nowhere"], "pass the folder of the corpus with --data"),
        (["heads"], "too few specifications"),
        (["correctness"], "no bundle"),
        (["correctness", BUNDLE], "--set run=false"),
    ],
)
def test_usage_errors_are_one_line(arguments: list[str], part: str, data: Path, tmp_path: Path) -> None:
    command = ["study", f"--data={data}", f"--run={tmp_path / 'run'}", *arguments]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 2
    last = done.output.splitlines()[-1]
    assert last.startswith("error: ")
    assert part in last
