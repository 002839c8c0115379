"""The table of errors is of today's code, and a test that finds an error fails with it."""

from pathlib import Path

from support.errors_put_in import ERRORS, PACKAGE, TESTS, is_found


def test_every_error_has_its_place_and_its_test() -> None:
    for name, text, wrong, test in ERRORS:
        assert (PACKAGE / name).read_text(encoding="utf-8").count(text) == 1, (name, text)
        assert text != wrong
        path, _, function = test.partition("::")
        assert f"def {function}(" in (TESTS / path).read_text(encoding="utf-8"), test


def test_an_error_is_found_and_correct_code_is_not_taken_for_one(tmp_path: Path) -> None:
    assert is_found(ERRORS[0], tmp_path / "wrong")
    right = ERRORS[0]._replace(wrong=ERRORS[0].text)
    assert not is_found(right, tmp_path / "right")
