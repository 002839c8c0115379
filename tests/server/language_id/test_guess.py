"""Languages guessed from texts alone, no guess where the text does not tell, and the model's parts."""

import dataclasses
import random
import subprocess
import sys

import numpy as np
import pytest
from tests.support.language_texts import CODE
from tests.support.language_texts import NONE as OTHER

from codeorigin.language_id import guess_language
from codeorigin.language_id.model import NONE, LanguageModel, Temperatures, default_model_dir
from codeorigin.languages import LANGUAGES


@pytest.fixture(scope="module")
def model() -> LanguageModel:
    return LanguageModel.load()


@pytest.mark.parametrize("language", CODE)
def test_clear_code_gets_its_language(language: str) -> None:
    assert guess_language(CODE[language]).language == language


@pytest.mark.parametrize("other", ["javascript", "typescript", "java"])
def test_likelier_of_two_languages_that_are_scored_alike_is_given(other: str, model: LanguageModel) -> None:
    likely = {"javascript": 0.15, "typescript": 0.15, "java": 0.15} | {other: 0.7}
    text = "const total = values.length;"
    shares = np.array([likely.get(label, 0.0) for label in model.labels])
    certain = dataclasses.replace(model, weights=model.weights * 0, bias=np.log(shares + 1e-9), shifts={})
    found = guess_language(
        text, dataclasses.replace(certain, temperatures=Temperatures((), (1.0,)), threshold=0.8)
    )
    assert found.likeliest == other
    assert found.language == (None if other == "java" else other)


@pytest.mark.parametrize("kind", OTHER)
def test_text_in_no_supported_language_gets_none(kind: str) -> None:
    assert guess_language(OTHER[kind]).language is None


def test_there_is_a_text_for_every_label(model: LanguageModel) -> None:
    assert set(model.labels) == {*CODE, NONE} == {*LANGUAGES, NONE} - {"tsx"}


@pytest.mark.parametrize("text", ["", " ", "\n\n\t\n", "\r\r\n"])
def test_blank_text_gets_no_language(text: str) -> None:
    assert guess_language(text) == (None, 1.0, NONE)


@pytest.mark.parametrize(
    "text",
    ["x", "\0" * 500, "\x01\x02\xff" * 99, "\ud800\udfff", "é" * 4000, "{" * 100_000, "a\n" * 500_000, " \t" * 200_000],
    ids=["letter", "nul", "control", "surrogates", "accents", "braces", "lines", "blanks"],
)  # fmt: skip
def test_arbitrary_text_never_raises(text: str) -> None:
    guess = guess_language(text)
    assert 0 < guess.confidence <= 1


def test_line_ends_and_indentation_change_nothing() -> None:
    code = CODE["csharp"]
    expected = guess_language(code)
    assert guess_language(code.replace("\n", "\r\n")) == expected
    assert guess_language(code.replace("\n", "\n\n")) == expected
    assert guess_language(code.replace("        ", "            ")) == expected


@pytest.mark.parametrize("language", ["python", "go", "rust"])
def test_a_few_mutations_keep_the_language(language: str) -> None:
    random_ = random.Random(3)
    characters = list(CODE[language])
    for place in random_.sample(range(len(characters)), 8):
        characters[place] = random_.choice("xyz ,")
    assert guess_language("".join(characters)).likeliest == language


def test_language_of_a_long_text_is_guessed() -> None:
    assert guess_language(CODE["rust"] * 2000).language == "rust"


def test_threshold_decides_whether_a_language_is_given(model: LanguageModel) -> None:
    sure = guess_language(CODE["go"], model)
    above = dataclasses.replace(model, threshold=sure.confidence)
    below = dataclasses.replace(model, threshold=min(1.0, sure.confidence + 1e-9))
    assert guess_language(CODE["go"], above).language == "go"
    assert guess_language(CODE["go"], below) == (None, sure.confidence, "go")


def test_short_unclear_text_gets_no_language() -> None:
    assert guess_language("return result;\n}").language is None


def test_probabilities_add_up(model: LanguageModel) -> None:
    for text in (*CODE.values(), *OTHER.values()):
        assert model.probabilities(text).sum() == pytest.approx(1)


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
