"""``--since`` and ``--until``."""

import pytest

from codeorigin.core.errors import CodeOriginError
from codeorigin.shell.days import since_seconds, until_seconds


def test_days_months_and_years_are_parsed() -> None:
    assert since_seconds("1970-01-02") == 86400
    assert until_seconds("1970-01-02") == 2 * 86400
    assert until_seconds("1970-01") == 31 * 86400
    assert until_seconds("1970") == 365 * 86400
    assert until_seconds("2024-02") == since_seconds("2024-03")
    assert since_seconds(None) is until_seconds(None) is None


@pytest.mark.parametrize("text", ["1970-13", "9999", "9999-12-31", ""])
def test_anything_else_is_no_date(text: str) -> None:
    with pytest.raises(CodeOriginError, match="is not a date"):
        until_seconds(text)
