from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from codeorigin_training.arrays import Floats, Integers
from codeorigin_training.data.rows import fold_array, read_functions, read_pairs
from codeorigin_training.data.splits import is_held_out
from codeorigin_training.encoder import finetune as command
from codeorigin_training.encoder.files import load_encoder
from codeorigin_training.encoder.finetune import FinetuneConfig, finetune
from codeorigin_training.encoder.inference import deep_logits, encode_rows, neutral_logit
from codeorigin_training.encoder.model import Encoder
from codeorigin_training.encoder.settings import Phase
from codeorigin_training.run import Run
from codeorigin_training.tracking import Tracker
from support.corpus_maker import write_corpus
from support.tiny_training import tiny_shape, tiny_tokenizer

CONFIG = FinetuneConfig(
    encoder=tiny_shape(),
    phases=(Phase(learning_rate=5e-3, batch=8, epochs=4),),
    context=64,
    validation_share=0.35,
    overlap=16,
    processes=1,
)


def make_run(folder: Path) -> Run:
    run = Run(folder)
    write_corpus(run.corpus, repositories=24, functions=6)
    tiny_tokenizer().save(run.tokenizer)
    return run


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, list[str]]:
    run, lines = make_run(tmp_path_factory.mktemp("run")), []
    run.log = lines.append
    finetune(CONFIG, run)
    return run, lines


def test_rows_are_judged_by_encoder_that_did_not_see_their_repository(
    finished: tuple[Run, list[str]],
) -> None:
    run, lines = finished
    functions = [row for row in read_functions(run.corpus) if not is_held_out(row.repo)]
    rows = functions + [row for row in read_pairs(run.corpus) if not is_held_out(row.repo)]
    logits = np.load(run.deep)["out_of_fold"]
    labels = np.array([row.label for row in rows])
    assert logits.shape == (len(rows),)
    # One label in twenty is wrong on purpose.
    assert ((logits > np.median(logits)) == labels).mean() > 0.8
    # The two folds' encoders and the final one are three different encoders.
    final = deep_logits(
        load_encoder(run.finetuned), encode_rows(rows, tiny_tokenizer()), tiny_tokenizer(), overlap=16
    )
    folds = fold_array(rows, CONFIG.folds)
    assert all(not np.allclose(final[folds == fold], logits[folds == fold], atol=1e-3) for fold in (0, 1))
    assert [line for line in lines if line.startswith("out of fold: ")]


def test_interrupted_run_resumes_with_missing_fold(tmp_path: Path) -> None:
    run, config = make_run(tmp_path), replace(CONFIG, phases=(Phase(epochs=1),))

    def log(line: str) -> None:
        if line.startswith("fold-1"):
            raise KeyboardInterrupt

    run.log = log
    with pytest.raises(KeyboardInterrupt):
        finetune(config, run)
    assert not run.deep.exists()
    lines: list[str] = []
    run.log = lines.append
    finetune(config, run)
    assert f"finetune, fold-0: taken from {run.folder / 'cache'}" in lines
    assert {line.split(":")[0] for line in lines if "epoch" in line} == {"fold-1", "final"}
    assert run.deep.exists()


class Recorder(Tracker):
    """Records figures by name, and the probabilities of pictures."""

    def __init__(self) -> None:
        super().__init__(None)
        self.figures: dict[str, float] = {}
        self.probabilities: list[Floats] = []

    def metrics(self, figures: Mapping[str, float], step: int) -> None:
        self.figures |= figures

    def pictures(self, labels: Integers, probabilities: Floats) -> None:
        self.probabilities.append(probabilities)


def test_figures_are_of_logits_as_they_were_learnt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = make_run(tmp_path)
    run.track = True
    told = Recorder()
    monkeypatch.setattr(command, "tracked", lambda *_, **__: nullcontext(told))

    def far(model: Encoder, *_: object) -> None:
        with torch.no_grad():
            model.last_layer.bias.add_(1.0 - neutral_logit(model, tiny_tokenizer()))

    monkeypatch.setattr(command, "train", far)
    finetune(CONFIG, run)
    # Of each of two folds and of the test set: about what a masked text has. The logits that are kept are less that.
    assert [round(each.mean()) for each in told.probabilities] == [1, 1, 1]
    assert [name for name in told.figures if name.startswith("test/")]
    assert abs(np.load(run.deep)["out_of_fold"].mean()) < 0.2
    assert neutral_logit(load_encoder(run.finetuned), tiny_tokenizer()) == pytest.approx(0.0, abs=1e-6)
