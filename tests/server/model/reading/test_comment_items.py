"""The hashed items of comments match the items that each comment lists on its own."""

from hypothesis import given
from hypothesis import strategies as st

from codeorigin.languages import KEYWORDS
from codeorigin.model.reading.comments import read_comments
from codeorigin.model.reading.hashed_items import comment_items
from codeorigin.model.reading.normalize import normalize
from codeorigin.model.reading.words import Vocabulary, fnv1a
from support.recorded_code import pieces

LANGUAGES = sorted(KEYWORDS)


def check(texts: list[str], language: str) -> int:
    comments = [(owner, each) for owner, text in enumerate(texts) for each in read_comments(text, language)]
    found = comment_items(texts, language, Vocabulary())
    assert found.hashes.tolist() == [fnv1a(item) for _, each in comments for item in each.items()]
    assert found.lengths.tolist() == [len(each.items()) for _, each in comments]
    assert found.owners.tolist() == [owner for owner, _ in comments]
    return len(comments)


def test_items_of_real_code_match() -> None:
    by_language: dict[str, list[str]] = {}
    for code, language in pieces():
        by_language.setdefault(language, []).append(normalize(code, language).text)
    assert sum(check(texts, language) for language, texts in by_language.items()) > 100


@given(
    st.lists(st.text(alphabet="\"'`#/*\\= \n\t a1é§.if", max_size=60), max_size=4),
    st.sampled_from(LANGUAGES),
)
def test_items_of_any_text_match(texts: list[str], language: str) -> None:
    check(texts, language)


@given(st.text(alphabet="#'\" \n\tif_aéB1" * 3 + "x" * 9, max_size=99))
def test_items_with_words_too_long_to_keep_match(text: str) -> None:
    check([f"{text}\n# a\n{'if' * 40}", f"# {text}\n{'_' * 99}"], "python")
