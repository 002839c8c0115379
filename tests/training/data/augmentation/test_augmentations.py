"""What every augmentation guarantees, in every language."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codeorigin.languages import LANGUAGES
from codeorigin_training.data.augmentation import AUGMENTATIONS
from codeorigin_training.data.augmentation.syntax import parse_function
from support.standalone import FUNCTIONS

METHODS = list(AUGMENTATIONS)

_WORDS = """
    " ' \"\"\" ` ${ #{ { } ( ) [ ] // /* */ # <<A \\ ; : ?> => = , @x else end class%A $a%=% case%1: do%|a| pass f'{a}'
    <li> R'( %w(a <?php% return%a def%f(a): if%x func%f(a%int) fn%f(a:%u8) a%=%1 a.b(c) let%a é
"""
_pieces = st.sampled_from(
    [
        *(word.replace("%", " ") for word in _WORDS.split()),
        *("\n", "\r\n", "\r", "\t", "    ", "\0", "\ud800", "\ufeff", "\u2028", "=begin\n"),
    ]
)
texts = st.one_of(st.text(max_size=60), st.lists(_pieces, max_size=25).map("".join))


def errors(code: str, language: str) -> int:
    tree = parse_function(code, language)
    assert tree is not None
    return tree.errors


@pytest.mark.parametrize("language", FUNCTIONS)
def test_example_functions_parse_in_all_languages(language: str) -> None:
    assert errors(FUNCTIONS[language], language) == 0
    assert set(FUNCTIONS) == set(LANGUAGES)


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("language", FUNCTIONS)
def test_augmentations_add_no_syntax_errors(name: str, language: str) -> None:
    for seed in range(5):
        changed = AUGMENTATIONS[name](FUNCTIONS[language], language, np.random.default_rng(seed))
        assert errors(changed, language) == 0, changed


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("language", FUNCTIONS)
def test_every_augmentation_changes_every_language(name: str, language: str) -> None:
    code = FUNCTIONS[language]
    results = {AUGMENTATIONS[name](code, language, np.random.default_rng(seed)) for seed in range(8)}
    assert results != {code}


@pytest.mark.parametrize("language", FUNCTIONS)
def test_removing_comments_twice_changes_nothing_more(language: str) -> None:
    generator = np.random.default_rng(0)
    once = AUGMENTATIONS["comments_removed"](FUNCTIONS[language], language, generator)
    assert AUGMENTATIONS["comments_removed"](once, language, generator) == once


@pytest.mark.parametrize("name", METHODS)
def test_short_code_in_unknown_language_is_unchanged(name: str) -> None:
    assert AUGMENTATIONS[name]("x = 1  # one", "klingon", np.random.default_rng(0)) == "x = 1  # one"


@pytest.mark.parametrize("name", METHODS)
@settings(max_examples=60)
@given(code=texts, language=st.sampled_from(list(LANGUAGES)), seed=st.integers(0, 3))
def test_arbitrary_text_neither_raises_nor_gains_syntax_errors(
    name: str, code: str, language: str, seed: int
) -> None:
    changed = AUGMENTATIONS[name](code, language, np.random.default_rng(seed))
    assert isinstance(changed, str)
    assert errors(changed, language) <= errors(code, language)


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize(
    "code", ["", "\n", "(" * 300, "-" * 3000 + "x", "{" * 300 + "}" * 300, "x = [" * 400]
)
def test_empty_and_deeply_nested_code_does_not_raise(name: str, code: str) -> None:
    for language in ("python", "c"):
        assert isinstance(AUGMENTATIONS[name](code, language, np.random.default_rng(0)), str)
