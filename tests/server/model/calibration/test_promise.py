"""What a threshold promises, for which code, and how it is worded."""

import pytest

from codeorigin.model.calibration.promise import LONGEST, Group, Promise, Tail, group_of
from codeorigin.model.reading.normalize import normalize
from codeorigin.wording.promises import promised

PYTHON = "def total(values):\n    return sum(values)\n"
DOCUMENTED = 'def total(values):\n    """Adds up."""\n    return sum(values)\n'


@pytest.mark.parametrize(
    ("code", "language", "group"),
    [
        (PYTHON, "python", Group.BARE),
        (DOCUMENTED, "python", Group.DOCUMENTED),
        (PYTHON.replace("values)\n", 'values, note="# no")\n', 1), "python", Group.BARE),
        ("fn f() {\n    g(); // why\n}", "rust", Group.DOCUMENTED),
        ('fn f() {\n    g("http://x");\n}', "rust", Group.BARE),
        ("fn f() {\r\n    /* cut", "rust", Group.DOCUMENTED),
    ],
)
def test_a_function_with_a_comment_is_documented(code: str, language: str, group: Group) -> None:
    assert group_of(normalize(code, language).text, language) is group


@pytest.mark.parametrize(("lines", "group"), [(LONGEST, Group.BARE), (LONGEST + 1, Group.LONG)])
def test_function_longer_than_any_in_calibration_is_long(lines: int, group: Group) -> None:
    code = "def total(values):\n\n" + "    values += 1\n" * (lines - 2) + "    return values\n"
    assert group_of(normalize(code, "python").text, "python") is group


def test_sentence_says_what_the_promise_covers() -> None:
    assert promised(Promise(0.015, 393, "rust", Group.DOCUMENTED)) == (
        "at most 1.5 % of the human-written, commented Rust functions of a new repository are expected to score as high "
        "(calibrated on 393 repositories)"
    )
    assert promised(Promise(0.01, 1200, "cpp"), what="files") == (
        "at most 1 % of the human-written C++ files of a new repository are expected to score as high "
        "(calibrated on 1,200 repositories)"
    )
    assert promised(Promise(0.01)) == (
        "at most 1 % of the human-written functions of a new repository are expected to score as high"
    )


@pytest.mark.parametrize("wrong", [{"share": 0.0}, {"rate": 1.0}, {"fewest": 0}])
def test_invalid_tail_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must lie between"):
        Tail.from_manifest({"share": 0.05, "rate": 0.02, "fewest": 20, **wrong})
