"""What two grammars say about a text, and what a model makes of it."""

import dataclasses

import numpy as np
import pytest
from tests.support.language_texts import CODE

from codeorigin.language_id.grammars import LONGEST, PAIRS, Legality, beginning, legality
from codeorigin.language_id.model import LanguageModel

C, JS = PAIRS["c/cpp"], PAIRS["javascript/typescript"]
BOTH_C = "static int twice(int x) {\n    return 2 * x;\n}\n"


@pytest.mark.parametrize(
    ("text", "pair", "said"),
    [
        (BOTH_C, C, Legality.BOTH),
        ("int f(void) { int new = 1; return new; }", C, Legality.FIRST),
        ("int A::f() const { return x_; }", C, Legality.SECOND),
        ("int f( { return", C, Legality.NEITHER),
        ("function f(x) { return 2 * x; }", JS, Legality.BOTH),
        ("async f(x) { return 2 * x; }", JS, Legality.BOTH),
        ("async f(x: number): Promise<number> { return 2 * x; }", JS, Legality.SECOND),
        ("const a = <b>{x as string}</b>;", JS, Legality.SECOND),
        ("function f( { return", JS, Legality.NEITHER),
    ],
)
def test_legality_says_which_grammars_accept_a_text(text: str, pair: tuple[str, str], said: Legality) -> None:
    assert legality(text, pair) is said


def test_only_whole_lines_at_the_start_of_a_long_text_are_read() -> None:
    line = "int x = 1;\n"
    before = line * (LONGEST // len(line))
    assert legality(f"{before}{'@' * LONGEST}\n@@\n", C) is Legality.BOTH
    assert legality(f"@@ = 1;\n{before * 2}", C) is Legality.NEITHER
    assert legality("@" * 2 * LONGEST, C) is Legality.NEITHER


@pytest.mark.parametrize(
    ("head", "line", "pair", "said"),
    [
        ("int f(int x) {\n  if (x) {\n", '    g("}", x[0]); // )\n', C, Legality.BOTH),
        ("int A::f() const {\n  if (x) {\n", "    g(x_);\n", C, Legality.SECOND),
        ("test('a', () => {\n  g({\n", "    a: () => {\n    },\n", JS, Legality.BOTH),
        ("test('a', (x: T) => {\n", "  g(`{ ${x}`);\n", JS, Legality.SECOND),
        # The markup is left out: it would be cut between its tags.
        (
            "function A(x: T) {\n" + "  g(x);\n" * 80 + "  return (\n",
            "    <b c={{\n      d: 1;\n",
            JS,
            Legality.SECOND,
        ),
    ],
)
def test_open_blocks_are_closed_where_a_long_text_is_cut(
    head: str, line: str, pair: tuple[str, str], said: Legality
) -> None:
    text = head + line * LONGEST
    read = beginning(text)
    assert LONGEST / 2 < len(read) < LONGEST + 9
    assert legality(text, pair) is said


@pytest.mark.parametrize("text", ["", "\ud800 {", "\0" * 99, "{" * LONGEST])
def test_arbitrary_text_never_raises(text: str) -> None:
    for pair in PAIRS.values():
        assert legality(text, pair) in Legality


@pytest.fixture(scope="module")
def model() -> LanguageModel:
    return LanguageModel.load()


def shifted(model: LanguageModel, shift: float) -> LanguageModel:
    return dataclasses.replace(model, shifts={name: dict.fromkeys(Legality, shift) for name in PAIRS})


def test_shift_reweights_the_pair_and_leaves_the_others(model: LanguageModel) -> None:
    plain = shifted(model, 0.0).probabilities(BOTH_C)
    first, second = (model.labels.index(each) for each in C)
    assert model.open_pair(plain) == "c/cpp"
    more = shifted(model, 1.5).probabilities(BOTH_C)
    others = [place for place in range(len(plain)) if place not in (first, second)]
    assert np.allclose(more[others], plain[others])
    assert more.sum() == pytest.approx(1)
    gained = np.log(more[first] / more[second]) - np.log(plain[first] / plain[second])
    assert gained == pytest.approx(1.5)


def test_other_languages_are_not_parsed(model: LanguageModel, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> Legality:
        raise AssertionError("parsed")

    monkeypatch.setattr("codeorigin.language_id.model.legality", refuse)
    for language in ("python", "go", "rust", "php", "ruby"):
        assert model.labels[int(model.probabilities(CODE[language]).argmax())] == language


def test_shipped_model_uses_the_grammars(model: LanguageModel) -> None:
    for name in PAIRS:
        shifts = model.shifts[name]
        assert shifts[Legality.FIRST] >= 0 > shifts[Legality.SECOND]
