import json
import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeorigin.model.ngrams.hashed_views import NgramViews, View, ViewKind, WideFeatures
from codeorigin.model.ngrams.hashing import count
from codeorigin.model.reading.normalize import Normalized, normalize
from support.recorded_code import RECORDED, VIEWS, pieces, read, weights_of
from support.snippets import ALL, LEDGER

# Wide enough that the n-grams of a snippet do not collide.
WIDE = 1 << 29


def extract(code: str, *views: View, language: str = "python") -> tuple[Normalized, WideFeatures]:
    normalized = normalize(code, language)
    return normalized, NgramViews(views).extract(normalized, language)


def texts(normalized: Normalized, features: WideFeatures) -> list[tuple[str, ...]]:
    """The texts of every feature's occurrences, by feature."""
    found: list[list[str]] = [[] for _ in features.ids]
    places = features.occurrences
    for feature, start, end in zip(places.feature, places.start, places.end, strict=True):
        found[feature].append(normalized.text[start:end])
    return [tuple(each) for each in found]


def test_words_are_counted_damped_and_scaled_to_unit_length() -> None:
    normalized, features = extract("a = b + a", View(ViewKind.WORDS, 1, 1, WIDE))
    by_text = {
        each[0]: value for each, value in zip(texts(normalized, features), features.values, strict=True)
    }
    twice = 1 + np.log(2)
    norm = np.sqrt(twice**2 + 3)
    assert by_text == pytest.approx({"a": twice / norm, "=": 1 / norm, "b": 1 / norm, "+": 1 / norm})


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0])
def test_lower_norm_power_gives_long_functions_more_weight(power: float) -> None:
    short, long = "a = b", "\n".join(f"name_{number} = other_{number}" for number in range(200))
    lengths = []
    for text in (short, long):
        plain = extract(text, View(ViewKind.WORDS, 1, 2, WIDE, norm_power=0.0))[1].values
        values = extract(text, View(ViewKind.WORDS, 1, 2, WIDE, norm_power=power))[1].values
        norm = np.linalg.norm(plain)
        assert values == pytest.approx(plain / norm**power, rel=1e-5)
        lengths.append(float(np.linalg.norm(values)))
    assert lengths[1] / lengths[0] == pytest.approx(1.0) if power == 1 else lengths[1] > 2 * lengths[0]


def test_word_ngrams_occur_at_their_recorded_positions() -> None:
    normalized, features = extract("if x:\n\n    y += 1.5", View(ViewKind.WORDS, 1, 2, WIDE))
    found = Counter(text for each in texts(normalized, features) for text in each)
    words = ("if", "x", ":", "\n", "\n\t", "y", "+=", "1.5")
    pairs = ("if x", "x:", ":\n", "\n\n\t", "\n\ty", "y +=", "+= 1.5")
    assert found == Counter([*words, *pairs])


def test_character_ngrams_cover_level_marks_but_do_not_hash_them() -> None:
    flat_text, deep_text = normalize("a\n}", "c"), normalize("a\n}", "python")
    assert (flat_text.text, deep_text.text) == ("a\n}", "a\n\t}")
    views = NgramViews([View(ViewKind.CHARACTERS, 2, 3, WIDE)])
    flat, deep = views.extract(flat_text, "python"), views.extract(deep_text, "python")
    assert flat.ids.tolist() == deep.ids.tolist()
    assert set(texts(flat_text, flat)) == {("a\n",), ("\n}",), ("a\n}",)}
    assert set(texts(deep_text, deep)) == {("a\n",), ("\n\t}",), ("a\n\t}",)}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("fooBar", "bazQux", True),
        ("fooBar", "foo_bar", False),
        ("_hidden", "_secret", True),
        ("x", "identifier", False),
        ("12", "99", True),
        ("0x1f", "12", False),
        ("1.5", "2.25", True),
        ("return", "tables", False),
        ("MAX_SIZE", "MIN_RATE", True),
        ("==", "!=", False),
    ],
)
def test_shapes_keep_the_form_but_not_the_letters(one: str, other: str, same: bool) -> None:
    view = View(ViewKind.SHAPES, 1, 1, WIDE)
    assert (extract(one, view)[1].ids.tolist() == extract(other, view)[1].ids.tolist()) is same


def test_views_have_disjoint_rows_and_unit_length() -> None:
    views = (
        View(ViewKind.WORDS, 1, 2, 300),
        View(ViewKind.SHAPES, 1, 3, 200),
        View(ViewKind.CHARACTERS, 2, 5, 500),
    )
    for code, language in ALL:
        _, features = extract(code, *views, language=language)
        first = 0
        for view in views:
            own = (features.ids >= first) & (features.ids < first + view.width)
            assert np.square(features.values[own]).sum() == pytest.approx(1.0)
            first += view.width
        assert features.ids.max() < first == NgramViews(views).table_size
        assert len(np.unique(features.ids)) == len(features.ids)
        assert set(features.occurrences.feature.tolist()) == set(range(len(features.ids)))


def test_view_gives_the_same_rows_alone_and_among_others() -> None:
    words, characters = View(ViewKind.WORDS, 1, 2, 300), View(ViewKind.CHARACTERS, 2, 3, 500)
    _, both = extract(LEDGER, words, characters)
    _, alone = extract(LEDGER, characters)
    mine = both.ids >= 300
    assert (both.ids[mine] - 300).tolist() == alone.ids.tolist()
    assert both.values[mine].tolist() == alone.values.tolist()


def test_rows_never_change() -> None:
    """A shipped weight table is useless if the hashes of its n-grams change."""
    _, words = extract("def f(x): return x", View(ViewKind.WORDS, 1, 2, 1 << 20))
    _, shapes = extract("def f(x): return x", View(ViewKind.SHAPES, 1, 1, 1 << 20))
    _, characters = extract("é😀", View(ViewKind.CHARACTERS, 1, 2, 1 << 20))
    assert words.ids.tolist()[:4] == [98271, 104485, 226681, 427444]
    assert shapes.ids.tolist() == [226681, 427444, 493781, 806966, 909791, 1015204]
    assert characters.ids.tolist() == [460857, 760040, 876254]


@pytest.mark.parametrize("code", ["", "\n \n"])
def test_empty_code_has_no_features(code: str) -> None:
    _, features = extract(code, View(ViewKind.WORDS, 1, 2, 9), View(ViewKind.CHARACTERS, 2, 5, 9))
    assert len(features.ids) == len(features.values) == len(features.occurrences.feature) == 0


@given(st.text(st.characters(codec=None), max_size=80))
def test_features_of_any_text_have_valid_occurrences(code: str) -> None:
    normalized, features = extract(code, View(ViewKind.WORDS, 1, 2, 50), View(ViewKind.CHARACTERS, 1, 3, 50))
    places = features.occurrences
    assert np.all(places.start >= 0)
    assert np.all(places.start < places.end)
    assert np.all(places.end <= len(normalized.text))
    assert set(places.feature.tolist()) == set(range(len(features.ids)))
    assert np.all(np.isfinite(features.values))


@pytest.mark.parametrize(
    ("views", "message"),
    [
        ([(0, 1, 10)], "orders"),
        ([(3, 2, 10)], "orders"),
        ([(1, 1, 0)], "width"),
        ([(1, 2, WIDE, 2)], "norm_power 2"),
        ([(1, 1, 1 << 31), (2, 2, 1 << 31)], "rows"),
    ],
)
def test_impossible_views_are_refused(views: list[tuple[int, ...]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        NgramViews([View(ViewKind.WORDS, *view) for view in views])


COMMENTED = """int f(int a) {
    // Adds one.
    return a + 1; // why not
}"""


def test_comment_ngrams_do_not_span_the_code_between_comments() -> None:
    normalized, features = extract(COMMENTED, View(ViewKind.COMMENTS, 1, 2, WIDE), language="c")
    found = Counter(text for each in texts(normalized, features) for text in each)
    assert found == Counter(
        {
            # Marks are placed on the first and the last character of a comment.
            "/": 6,
            ".": 3,
            "t": 1,
            **{"//": 4, "Adds": 1, "one": 1, "why": 1, "not": 2},
            **{"// Adds": 1, "Adds one": 1, "one.": 1, "// why": 1, "why not": 1},
        }
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x(); // Ends here", "// Ends here\nx();"),
        ("// ends here\nx();", "// Ends here\nx();"),
        ("// Ends here.\nx();", "// Ends here\nx();"),
        ("// Ends here\nreturn;", "// Ends here\nx();"),
    ],
)
def test_comment_style_and_placement_change_the_ngrams(one: str, other: str) -> None:
    view = View(ViewKind.COMMENTS, 1, 1, WIDE)
    first, second = (set(extract(code, view, language="c")[1].ids.tolist()) for code in (one, other))
    assert first - second
    assert second - first
    assert first & second


def test_code_between_comments_does_not_affect_their_view() -> None:
    view = View(ViewKind.COMMENTS, 1, 2, WIDE)
    one, other = (
        extract(f"// a\n{code}\n// b", view, language="c")[1] for code in ("x = y;", "x = call(1, 2);")
    )
    assert one.ids.tolist() == other.ids.tolist()
    assert extract("x = 'no # comment'", view)[1].ids.tolist() == []


WIDTH = 1 << 16


@pytest.mark.parametrize("power", [1.0, 0.5])
def test_norms_are_exact(power: float) -> None:
    repeats = np.arange(WIDTH) % 5
    counted = count([np.repeat(np.arange(WIDTH, dtype=np.uint32), repeats)], [power])
    counts = repeats[counted.ids]
    damped = (1.0 + np.log(counts)).astype(np.float32)
    norm = math.sqrt(math.fsum(float(value) ** 2 for value in damped))
    assert counted.values.tolist() == (damped / np.float32(norm**power)).tolist()


def test_each_view_and_function_has_its_own_norm() -> None:
    parts = [np.array(rows, dtype=np.uint32) for rows in ([0, 0, 1], [5], [], [], [5], [5])]
    counted = count(parts, [1.0, 1.0])
    assert counted.ids.tolist() == [0, 1, 5, 5, 5]
    assert counted.borders.tolist() == [0, 3, 3, 5]
    twice = 1.0 + math.log(2.0)
    assert counted.values.tolist() == pytest.approx(
        [twice / math.hypot(twice, 1), 1 / math.hypot(twice, 1), 1.0, 1.0, 1.0]
    )


# Recorded with float32 norms, whose sums depend on the processor; today's norms are exact.
TOLERANCE = {"rel": 1e-6, "abs": 1e-6}

EXPECTED = json.loads(RECORDED.read_text(encoding="utf-8"))


@pytest.mark.parametrize("views", VIEWS)
def test_rows_logits_and_lines_match_the_recording(views: str) -> None:
    sources = list(pieces())
    assert len(sources) == len(EXPECTED[views]) > 500
    for (code, language), (rows, logit, lines) in zip(sources, EXPECTED[views], strict=True):
        found = read(code, language, VIEWS[views])
        assert found[0] == rows, (language, code)
        assert found[1:] == pytest.approx((logit, lines), **TOLERANCE), (language, code)


@pytest.mark.parametrize("views", VIEWS)
@pytest.mark.parametrize("batch", [300, 1 << 30])
def test_functions_read_in_batches_match_the_recording(
    views: str, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("codeorigin.model.ngrams.hashed_views.BATCH_CHARACTERS", batch)
    by_language: dict[str, list[tuple[str, float]]] = {}
    for (code, language), (_, logit, _) in zip(pieces(), EXPECTED[views], strict=True):
        by_language.setdefault(language, []).append((normalize(code, language).text, logit))
    for language, each in by_language.items():
        found = list(NgramViews(VIEWS[views]).extract_many([text for text, _ in each], language))
        logits = [float(weights_of(f.ids).astype(np.float64) @ f.values.astype(np.float64)) for f in found]
        assert logits == pytest.approx([logit for _, logit in each], **TOLERANCE), language
        assert all(len(features.occurrences.feature) == 0 for features in found)
