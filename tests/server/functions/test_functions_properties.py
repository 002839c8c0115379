"""What holds for the functions of any text at all, in every language."""

import random
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from codeorigin.functions.outline import find_functions
from codeorigin.functions.spans import FunctionSpan, TextRange
from codeorigin.languages import LANGUAGES, get_language
from codeorigin.text.positions import LineIndex

FIXTURES = Path(__file__).parents[2] / "fixtures" / "functions"
ODD = ["\0", "\ud800", "\udfff", "\ufeff", "\x0c", "\x0b", "\x85", "\u2028", "e\u0301", "👩‍👩‍👧", "𝒙", "\t"]
LINE_ENDS = ["\n", "\r\n", "\r"]
TOKENS = r"""
def f(x): | return x | class A: | @dec | lambda x: x | async | function f() { | function | => | ( | )
{ | } | [ | ] | const f = | let g = | export | export default | get x() { | #p = | fn f() {
impl<T> A<T> { | mod m { | #[test] | #[cfg(test)] | let c = |x| x; | func f() { | func (s *S) m() {
f := func() { | var v = func() { | template <class T> | namespace n { | A::f() { | int f(int x) {
operator+( | [](int x) { | ~A() { | = default; | static | public void m() { | @Test | enum E {
record R(int a) { | [Fact] | int P { get { return 1; } } | <?php | ?> | function &f($x) {
$f = fn($x) => | namespace N; | abstract function g(); | def m | end | do |y| | -> { | class << self
define_method(:x) { | module M | private def q | =begin | =end | if | else | try | catch | ; | , | :
. | = | == | 'a' | "b" | ' | " | ` | // c | # c | /* c */ | /* | */ | <b>{ | </b> | <<~T | \\ | 0 | x
""".replace("\n", " | ").split(" | ")

pieced_texts = st.lists(
    st.one_of(
        st.sampled_from([token for token in TOKENS if token]),
        st.sampled_from([" ", "  ", "\n", "\n    ", *LINE_ENDS, *ODD]),
        st.text(max_size=3),
    ),
    max_size=60,
).map(" ".join)
texts = st.one_of(pieced_texts, pieced_texts, st.text())


def check_range(span: TextRange, text: str, lines: LineIndex) -> None:
    assert 0 <= span.start <= span.end <= len(text)
    encoded = text.encode("utf-8", "surrogatepass")
    assert encoded[span.start_byte : span.end_byte] == text[span.start : span.end].encode(
        "utf-8", "surrogatepass"
    )
    assert (span.start_line, span.start_column) == lines.offset_to_position(span.start)
    assert (span.end_line, span.end_column) == lines.offset_to_position(span.end)


def check_spans(
    spans: tuple[FunctionSpan, ...], text: str, lines: LineIndex, first: int, last: int, language: str
) -> None:
    position = first
    for span in spans:
        for part in (span.range, span.header, span.name_range, span.doc_comment):
            if part is not None:
                check_range(part, text, lines)
        assert position <= span.range.start < span.range.end <= last
        assert span.range.start <= span.header.start < span.header.end <= span.range.end
        assert span.range.start <= span.name_range.start < span.name_range.end <= span.range.end
        assert span.doc_comment is None or span.doc_comment.end <= span.range.start
        assert span.name
        assert span.qualified_name.endswith(span.name)
        assert span.language == language
        check_spans(span.nested, text, lines, span.range.start, span.range.end, language)
        position = span.range.end


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=120)
@given(text=texts)
@example(text="[ \x85 const f = function f() {")
def test_spans_are_in_bounds_ordered_and_nested(language: str, text: str) -> None:
    check_spans(find_functions(text, get_language(language)), text, LineIndex(text), 0, len(text), language)


def mutated(text: str, random_numbers: random.Random) -> str:
    """``text`` with a few pieces cut out, duplicated, reversed, or replaced by something odd."""
    for _ in range(random_numbers.randint(1, 6)):
        start = random_numbers.randrange(len(text) + 1)
        end = min(len(text), start + random_numbers.choice((0, 1, 1, 3, 20, 200)))
        place = random_numbers.randrange(len(text) + 1)
        piece = text[start:end]
        kind = random_numbers.randrange(4)
        if kind == 0:
            text = text[:start] + text[end:]
        elif kind == 1:
            text = text[:place] + piece + text[place:]
        elif kind == 2:
            text = text[:start] + random_numbers.choice([*ODD, *LINE_ENDS, *TOKENS]) + text[end:]
        else:
            text = text[:start] + piece[::-1] + text[end:]
    return text


@pytest.mark.parametrize("language", LANGUAGES)
def test_spans_of_damaged_files_are_valid(language: str) -> None:
    (path,) = [file for file in FIXTURES.glob(f"{language}.*") if not file.name.endswith(".expected.txt")]
    text = path.read_text("utf-8")
    random_numbers = random.Random(f"damage to {language}")
    for _ in range(40):
        other = mutated(text, random_numbers)
        spans = find_functions(other, get_language(language))
        check_spans(spans, other, LineIndex(other), 0, len(other), language)
