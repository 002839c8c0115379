"""The study of attention heads: masses by hand, a planted head, pure noise."""

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy import stats
from torch import Tensor

from codeorigin.languages.constructs import CONSTRUCTS, Construct
from codeorigin_training.arrays import Floats
from codeorigin_training.data.specifications import Specification
from codeorigin_training.encoder.model import Encoder, EncoderError, compact_body
from codeorigin_training.encoder.settings import EncoderConfig
from codeorigin_training.metrics.statistics import auroc
from codeorigin_training.studies.heads import study
from codeorigin_training.studies.heads.retriever import (
    HeadsConfig,
    Queries,
    RetrievalExample,
    Retriever,
    gated,
    make_retriever,
    ranks,
    retriever_logits,
    train_retriever,
    with_candidates,
    word_tokenizer,
)
from codeorigin_training.studies.heads.study import (
    ablation,
    by_unit,
    differing_heads,
    head_masses,
    holm,
    masses_of,
    paired_tests,
    pruning_curve,
    special_heads,
)

CONFIG = HeadsConfig(layers=2, heads=2, dim=8, vocabulary=300, specification_tokens=24, code_tokens=24, epochs=1,
                     batch=4, pairs=8, rounds=5)  # fmt: skip
UNITS = [f"repo{number // 4}" for number in range(80)]
COMMENT, NAME = CONSTRUCTS.index(Construct.COMMENT), CONSTRUCTS.index(Construct.NAME)


def pair(number: int) -> Specification:
    human = f"def load_{number}(key):\n    # why {number}\n    return store[key]\n"
    llm = f'def load_{number}(key):\n    """Load {number}."""\n    return store.get(key)\n'
    return Specification(
        id=str(number), language="python", repo=f"r/{number % 5}", behaviour=f"Loads what {number} names.",
        human_code=human, llm_code=llm,
    )  # fmt: skip


@pytest.fixture(scope="module")
def retriever() -> Retriever:
    pairs = [pair(number) for number in range(12)]
    texts = [text for each in pairs for text in (each.behaviour, each.human_code, each.llm_code)]
    return make_retriever(texts, CONFIG).eval()


def test_masses_match_values_by_hand() -> None:
    example = RetrievalExample(
        ids=np.arange(7, dtype=np.int64), specification=slice(1, 3), code=slice(4, 6),
        constructs=np.array([COMMENT, NAME], dtype=np.int8),
    )  # fmt: skip
    attention = np.full((1, 1, 7, 7), 1 / 7)
    attention[0, 0, 1] = [0, 0, 0, 0, 0.6, 0.2, 0.2]
    attention[0, 0, 2] = [0.5, 0, 0, 0, 0.3, 0.1, 0.1]
    attention[0, 0, 4] = [0, 0.5, 0.25, 0.25, 0, 0, 0]
    attention[0, 0, 5] = [0, 0.0, 0.25, 0.75, 0, 0, 0]
    forth, back, lifts = masses_of(attention, example)
    assert forth[0, 0] == pytest.approx((0.8 + 0.4) / 2)
    assert back[0, 0] == pytest.approx((0.75 + 0.25) / 2)
    # Comments have three quarters of the mass and half of the tokens.
    assert lifts[0, 0, COMMENT] == pytest.approx(1.5)
    assert lifts[0, 0, NAME] == pytest.approx(0.5)
    assert np.isnan(lifts[0, 0, CONSTRUCTS.index(Construct.CALL)])


def test_head_masses_are_shares_and_tokens_have_constructs(retriever: Retriever) -> None:
    example = retriever.example(pair(3).behaviour, pair(3).human_code, "python")
    masses = head_masses(retriever, [example])
    assert masses.to_code.shape == (1, 2, 2)
    assert ((masses.to_code > 0) & (masses.to_code < 1)).all()
    assert len(example.constructs) == example.code.stop - example.code.start
    kinds = Counter(CONSTRUCTS[code] for code in example.constructs)
    assert {Construct.SIGNATURE, Construct.COMMENT} <= set(kinds)
    text = retriever.tokenizer.decode(example.ids[example.code])
    assert "".join(text.split()).startswith("defload_3(key):")


def test_only_the_planted_head_is_found() -> None:
    generator = np.random.default_rng(0)
    lifts = generator.normal(1.0, 0.1, (80, 3, 4, len(CONSTRUCTS)))
    lifts[:, 1, 2, COMMENT] += 1.0
    lift, p = special_heads(lifts, UNITS, alpha=0.05, ratio=1.5)
    assert (lift.population, lift.context) == (p.population, p.context) == ("layer 2, head 3", "comment")
    assert lift.value == pytest.approx(2.0, abs=0.1)
    assert p.value is not None
    assert p.value < 0.001


@pytest.mark.parametrize("seed", range(3))
def test_noise_is_not_significant(seed: int) -> None:
    generator = np.random.default_rng(seed)
    lifts = generator.normal(1.0, 0.1, (80, 3, 4, len(CONSTRUCTS)))
    assert special_heads(lifts, UNITS, alpha=0.01, ratio=1.0) == []
    assert differing_heads(generator.normal(0.5, 0.1, (80, 3, 4)), UNITS).min() > 0.01


def test_words_in_text_and_in_identifiers_share_a_token() -> None:
    tokenizer = word_tokenizer([" user name parse http server load file 12"] * 20, 330)
    found = [tokenizer.decode(tokenizer(text)["input_ids"]).split() for text in (" User Name", " userName")]
    assert found == [["user", "name"]] * 2
    parts = tokenizer(" parseHTTPServer")["input_ids"]
    assert [tokenizer.decode([part]) for part in parts] == [" parse", " http", " server"]
    offsets = tokenizer(" userName", return_offsets_mapping=True)["offset_mapping"]
    assert [tuple(each) for each in offsets] == [(0, 5), (4, 9)]


def test_ranks_match_values_by_hand(retriever: Retriever) -> None:
    queries = with_candidates(retriever, [pair(number) for number in range(3)], 3, seed=0)
    assert (len(queries.examples), queries.candidates, queries.repos) == (9, 3, ["r/0", "r/1", "r/2"])
    assert queries.chance == pytest.approx((1 + 1 / 2 + 1 / 3) / 3)
    assert queries.labels.tolist() == [1, 0, 0] * 3
    logits = np.array([2.0, 1.0, 0.0, 1.0, 1.0, 0.0, -1.0, 3.0, 2.0])
    assert ranks(logits, 3).tolist() == [1, 2, 3]


def test_candidates_are_of_the_same_language_first(retriever: Retriever) -> None:
    pairs = [replace(pair(number), language="go" if number % 2 else "python") for number in range(8)]
    queries = with_candidates(retriever, pairs, 5, seed=0)
    for place, each in enumerate(pairs):
        codes = [
            retriever.tokenizer.decode(one.ids[one.code])
            for one in queries.examples[5 * place : 5 * place + 5]
        ]
        numbers = [int(re.search(r"load_(\d)", "".join(code.split()))[1]) for code in codes]  # type: ignore[index]
        assert numbers[0] == place
        assert [pairs[number].language for number in numbers[:4]] == [each.language] * 4


def test_heads_that_differ_between_human_and_llm_code_are_found() -> None:
    masses = np.random.default_rng(0).normal(0.5, 0.05, (80, 2, 2))
    masses[1::2, 1, 0] += 0.2
    assert (differing_heads(masses, UNITS) < 0.01).tolist() == [False, False, True, False]


def test_holm_matches_values_by_hand() -> None:
    assert holm(np.array([0.01, 0.04, 0.03, 0.005])) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm(np.array([0.9, 0.8])) == pytest.approx([1.0, 1.0])


def test_units_are_weighted_equally_and_gaps_are_left_out() -> None:
    values = np.array([1.0, 3.0, np.nan, 10.0])
    assert by_unit(values, ["a", "a", "a", "b"]).tolist() == [2.0, 10.0]
    assert np.isnan(by_unit(np.array([np.nan]), ["a"]))[0]
    assert paired_tests(np.array([1.0, 2.0]), np.array([0.0, 0.0]))[1] == 1.0
    assert paired_tests(np.ones(5), np.ones(5))[1] == 1.0
    assert paired_tests(np.ones(5), np.zeros(5))[1] == 0.0
    left = np.array([[1.0, np.nan], [2.0, 2.0], [4.0, 4.0], [3.0, 6.0]])
    found = stats.ttest_1samp(left[:, 0], 0.0), stats.ttest_1samp(left[1:, 1], 0.0)
    assert paired_tests(left, np.zeros((4, 2)))[1] == pytest.approx([each.pvalue for each in found])


def test_heads_can_be_ablated_and_pruned(retriever: Retriever) -> None:
    queries = with_candidates(retriever, [pair(number) for number in range(6)], 4, seed=0)
    whole = retriever_logits(retriever, queries)
    none = retriever_logits(retriever, queries, np.zeros((2, 2)))
    assert not np.allclose(whole, none)
    lost = ablation(retriever, queries)
    gates = np.ones((2, 2))
    gates[1, 0] = 0
    without = auroc(queries.labels, retriever_logits(retriever, queries, gates))
    assert lost.shape == (2, 2)
    assert lost[1, 0] == pytest.approx(auroc(queries.labels, whole) - without)
    curve = pruning_curve(retriever, queries, np.array([[3.0, 2.0], [0.0, 1.0]]), steps=4)
    assert [left for left, _ in curve] == [4, 3, 2, 1, 0]
    assert [kept for _, kept in curve[:2]] == pytest.approx([auroc(queries.labels, whole), without])
    assert curve[-1][1] == pytest.approx(auroc(queries.labels, none))


def test_heads_to_prune_are_chosen_on_training_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    train, test = [pair(number) for number in range(6)], [pair(number) for number in range(50, 54)]
    names: list[str] = []

    def spy(model: Retriever, queries: Queries) -> Floats:
        names.extend(model.tokenizer.decode(each.ids[each.code]) for each in queries.examples)
        return ablation(model, queries)

    monkeypatch.setattr(study, "ablation", spy)
    config = replace(CONFIG, code_tokens=60)
    section = study.heads_section(train, test, config, lambda line: None)
    assert {name.partition("(")[0].strip() for name in names} == {f"def load_{number}" for number in range(6)}
    assert "heads that keep the AUROC" in {figure.statistic for figure in section.figures}


def test_retriever_is_trained_saved_and_loaded_like_any_model(tmp_path: Path) -> None:
    pairs = [pair(number) for number in range(6)]
    texts = [text for each in pairs for text in (each.behaviour, each.human_code, each.llm_code)]
    model = make_retriever(texts, CONFIG)
    said: list[str] = []
    train_retriever(model, pairs, replace(CONFIG, epochs=8), said.append)
    losses = [float(line.split()[3].rstrip(",")) for line in said]
    assert len(losses) == 8
    assert losses[-1] < losses[0]
    model.body.save_pretrained(tmp_path)
    model.tokenizer.save_pretrained(tmp_path)
    again = make_retriever([], replace(CONFIG, encoder=tmp_path)).eval()
    example = again.example(pair(1).behaviour, pair(1).human_code, "python")
    first, second = head_masses(model, [example]), head_masses(again, [example])
    assert np.allclose(first.to_code, second.to_code)
    with pytest.raises(EncoderError, match="no encoder could be loaded"):
        make_retriever([], HeadsConfig(encoder=tmp_path / "nowhere"))


SHAPE = EncoderConfig(dim=12, layers=2, heads=3, feedforward=16, context=16)
IDS = torch.tensor([[3, 5, 7, 9, 11], [4, 6, 8, 10, 12]])
MASK = torch.ones((2, 5), dtype=torch.bool)


def roberta() -> Encoder:
    torch.manual_seed(0)
    encoder = Encoder(compact_body(SHAPE, 40, pad_id=1), SHAPE)
    # Initial weights are so small that pruning a head would make no difference.
    for parameter in encoder.parameters():
        torch.nn.init.normal_(parameter, std=0.5)
    return encoder.eval()


@torch.no_grad()
def states(encoder: Encoder) -> Tensor:
    return encoder.summary(encoder.embed(IDS), MASK)


def test_gate_of_0_silences_a_head_while_it_is_there() -> None:
    encoder = roberta()
    whole = states(encoder)
    gates = torch.ones(2, 3)
    with gated(encoder.body, gates):
        assert torch.equal(states(encoder), whole)
    gates[0, 1] = gates[1, 0] = gates[1, 2] = 0.0
    with gated(encoder.body, gates):
        without = states(encoder)
    assert not torch.allclose(without, whole, atol=1e-3)
    # Without the columns of these heads, each 4 wide, the output is the same.
    silent = roberta()
    with torch.no_grad():
        for layer, heads in ((0, (1,)), (1, (0, 2))):
            for head in heads:
                dense = silent.body.encoder.layer[layer].attention.output.dense
                dense.weight[:, 4 * head : 4 * head + 4] = 0.0
    torch.testing.assert_close(states(silent), without, rtol=0, atol=1e-5)
    assert torch.equal(states(encoder), whole), "the gates are gone"
