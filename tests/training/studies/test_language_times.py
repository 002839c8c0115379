"""How long the language model takes by size of text, and what its card says about it."""

import json

import numpy as np

from codeorigin.language_id.model import LanguageModel, default_model_dir
from codeorigin_training.studies.language.folder import card
from codeorigin_training.studies.language.measure import by_size


def test_times_are_grouped_by_number_of_lines() -> None:
    texts = ["a", "a\n" * 8 + "a", "a\n" * 9 + "a", "a\n" * 39 + "a", "a\n" * 40 + "a"]
    found = by_size(texts, np.array([1.0, 3.0, 5.0, 7.0, 9.0]))
    assert {name: (each["texts"], each["median"]) for name, each in found.items()} == {
        "fewer than 10 lines": (2, 2.0), "10 to 40 lines": (2, 6.0), "more than 40 lines": (1, 9.0), "all": (5, 5.0),
    }  # fmt: skip
    assert "more than 40 lines" not in by_size(texts[:4], np.ones(4))


def test_the_card_states_the_time_by_size() -> None:
    model = LanguageModel.load()
    times = {
        "10 to 40 lines": {"texts": 1234, "median": 0.51, "p95": 1.44},
        "all": {"texts": 1300, "median": 0.6, "p95": 1.5},
    }
    metrics = json.loads((default_model_dir() / "manifest.json").read_text("utf-8"))["metrics"]
    text = card(model, metrics | {"milliseconds": times}, 1_050_000)
    assert "One text takes 0.6 ms" in text
    assert "| 10 to 40 lines | 1,234 | 0.5 | 1.4 |" in text
    assert "| all | 1,300 | 0.6 | 1.5 |" in text
