"""Features in shards: the right states, resumed where extraction stopped, never mixed."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from codeorigin_training.corpus.rows import CorpusError, Row
from codeorigin_training.pretrained.body import body_ids, body_text, load_body
from codeorigin_training.pretrained.features import FeatureConfig, extract, read_features, read_states
from support.tiny_body import write_tiny_body

CONFIG = FeatureConfig(layers=(1, 3), tokens=12, shard=2, batch_tokens=64, states=2, states_layer=1)
CODES = [
    "def add(left, right):\n    return left + right",
    "def f():\n\tpass",
    "x",
    "for order in orders:\n    print(order)",
    "def total(self):\n    return sum(self.orders)",
]
ROWS = [Row(code, "python", 0, "owner/repo", "", False, False, 2) for code in CODES]
ORDER = np.array([3, 0, 4, 2, 1], dtype=np.int64)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_body(tmp_path_factory.mktemp("body"))


def read(folder: Path, out: Path, config: FeatureConfig = CONFIG, **limits: float) -> tuple[int, list[str]]:
    body, tokenizer = load_body(folder)
    lines: list[str] = []
    held = extract(body, tokenizer, ROWS, ORDER, out, config, lines.append, **limits)
    return held, lines


def test_features_are_means_over_the_tokens_of_each_function_alone(folder: Path, tmp_path: Path) -> None:
    assert read(folder, tmp_path)[0] == 5
    found = read_features(tmp_path)
    assert found["rows"].tolist() == ORDER.tolist()
    body, tokenizer = load_body(folder)
    for place, index in enumerate(ORDER):
        ids = body_ids(tokenizer, body_text(CODES[index], "python"), 12)
        layers = body(input_ids=torch.tensor([ids]), output_hidden_states=True).hidden_states
        for level, layer in enumerate((1, 3)):
            states = layers[layer][0, 1:].detach().numpy()
            np.testing.assert_allclose(found["mean"][place, level], states.mean(axis=0), atol=2e-3)
            np.testing.assert_allclose(found["deviation"][place, level], states.std(axis=0), atol=2e-3)
        assert found["lengths"][place] == len(ids) - 1


def test_token_states_are_kept_for_the_first_functions(folder: Path, tmp_path: Path) -> None:
    read(folder, tmp_path)
    kept = dict(read_states(tmp_path))
    found = read_features(tmp_path)
    assert sorted(kept) == [0, 3]
    for place, index in enumerate(ORDER[:2]):
        np.testing.assert_allclose(kept[index].mean(axis=0), found["mean"][place, 0], atol=2e-3)


def test_interrupted_extraction_resumes_where_it_stopped(folder: Path, tmp_path: Path) -> None:
    assert read(folder, tmp_path / "part", seconds=-1.0) == (0, [])
    whole, _ = read(folder, tmp_path / "part")
    (tmp_path / "part" / "00001.npz").unlink()
    before = (tmp_path / "part" / "00000.npz").stat().st_mtime_ns
    again, lines = read(folder, tmp_path / "part")
    assert again == whole == 5
    assert [line.split(":")[0] for line in lines] == ["00001.npz"]
    assert (tmp_path / "part" / "00000.npz").stat().st_mtime_ns == before


def test_features_of_other_settings_are_not_mixed_in(folder: Path, tmp_path: Path) -> None:
    read(folder, tmp_path)
    with pytest.raises(CorpusError, match="holds other features"):
        read(folder, tmp_path, replace(CONFIG, tokens=11))


def test_an_empty_folder_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="extract some first"):
        read_features(tmp_path)
