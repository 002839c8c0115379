"""Renaming local names: the same tree with different names."""

import re

import numpy as np
import pytest

from codeorigin_training.data.augmentation import renamed
from codeorigin_training.data.augmentation.name_rules import WORDS
from codeorigin_training.data.augmentation.syntax import parse_function
from support.standalone import FUNCTIONS


def with_names(code: str, language: str, seed: int = 0) -> str:
    return renamed(code, language, np.random.default_rng(seed))


def words(code: str) -> list[str]:
    return re.findall(r"[A-Za-z_]\w*", code)


@pytest.mark.parametrize("language", FUNCTIONS)
def test_renaming_keeps_shape_of_tree(language: str) -> None:
    before = parse_function(FUNCTIONS[language], language)
    after = parse_function(with_names(FUNCTIONS[language], language), language)
    assert before is not None
    assert after is not None
    assert after.shape() == before.shape()
    assert len(words(after.data.decode())) == len(words(before.data.decode()))


@pytest.mark.parametrize("language", FUNCTIONS)
def test_each_name_gets_exactly_one_new_name(language: str) -> None:
    pairs = list(
        zip(words(FUNCTIONS[language]), words(with_names(FUNCTIONS[language], language)), strict=True)
    )
    forward: dict[str, set[str]] = {}
    backward: dict[str, set[str]] = {}
    for old, new in pairs:
        if old != new:
            forward.setdefault(old, set()).add(new)
            backward.setdefault(new, set()).add(old)
    assert forward
    assert all(len(names) == 1 for names in [*forward.values(), *backward.values()])
    assert set(backward) <= set(WORDS)
    assert not set(backward) & set(words(FUNCTIONS[language]))


@pytest.mark.parametrize(
    ("language", "gone"),
    [
        ("python", "balance index entries opening options"),
        ("javascript", "entry width link"),
        ("typescript", "attempt retries found"),
        ("tsx", "chosen choose entry"),
        ("java", "balance entries opening entry"),
        ("go", "q limit index err"),
        ("c", "balance book index opening"),
        ("cpp", "balance entry scale factor opening"),
        ("csharp", "balance entry entries report"),
        ("rust", "entries opening entry low high other"),
        ("php", "balance entries entry opening"),
        ("ruby", "balance entries entry opening"),
    ],
)
def test_locals_and_parameters_are_renamed(language: str, gone: str) -> None:
    code = FUNCTIONS[language]
    tree = parse_function(with_names(code, language), language)
    assert tree is not None
    kinds = "(variable_name) @name" if language == "php" else "(identifier) @name"
    left = {tree.text(node).lstrip("$") for node in tree.nodes(kinds)["name"]}
    # The word may still occur where it names something else, such as an attribute, or in a comment.
    attributes = {"entries"} if language in {"tsx", "javascript"} else set()
    assert not (set(gone.split()) - attributes) & left


@pytest.mark.parametrize(
    ("language", "kept"),
    [
        ("python", ["def settle(self", "self.log(", "text=", "entry_amount", "key=", "range(", "other"]),
    ],
)
def test_attributes_keywords_builtins_and_globals_are_not_renamed(language: str, kept: list[str]) -> None:
    code = (
        "def settle(self, amount, entry_amount=3):\n"
        "    global other\n"
        "    import module as alias\n"
        "    other = self.log(amount.entry_amount, text=alias, key=range(amount))\n"
        "    return other, entry_amount"
    )
    result = with_names(code, language)
    assert all(name in result for name in kept)
    assert "import module as alias" in result
    assert "text=alias" in result
    assert "(self, amount" not in result


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("javascript", "function f({ a }) { return { a }; }"),
        ("typescript", "constructor(private readonly store: Store) { this.store.open(store); }"),
        ("rust", 'fn f() -> P { let width = 1; println!("{width}"); P { width } }'),
        ("php", "function f($a, $b) { return compact('a', 'b'); }"),
        ("php", "function __construct(private int $width) { $this->width = $width; }"),
        ("ruby", "def f(width:, height: 2)\n  width * height\nend"),
        ("csharp", "void F() { Done(); LIMIT = 3; }"),
        ("python", "def f(a):\n    return '%(a)s' % locals()"),
    ],
)
def test_externally_visible_names_are_not_renamed(language: str, code: str) -> None:
    assert with_names(code, language) == code


def test_fields_in_macros_are_not_renamed() -> None:
    result = with_names(
        'fn f(high: Row) { let value = 1; assert_eq!(high.value, value, "{}", 0..value); }', "rust"
    )
    assert ".value," in result
    assert "let value" not in result
    assert "0..value" not in result


def test_names_depend_on_seed() -> None:
    results = {with_names(FUNCTIONS["python"], "python", seed) for seed in range(6)}
    assert len(results) > 3


def test_new_names_are_unique_with_more_names_than_words() -> None:
    names = [f"name{number}" for number in range(300)]
    code = "def f():\n" + "\n".join(f"    {name} = 1" for name in names) + f"\n    return {', '.join(names)}"
    result = with_names(code, "python")
    assigned = re.findall(r"^    (\w+) = 1$", result, re.MULTILINE)
    assert len(set(assigned)) == 300
    assert not set(assigned) & set(names)
