"""Days as options: ``--since`` and ``--until``."""

from datetime import UTC, datetime, timedelta

from codeorigin.core.errors import CodeOriginError


def since_seconds(day: str | None) -> int | None:
    """The start of a day, month or year (``YYYY-MM-DD``, ``YYYY-MM`` or ``YYYY``, UTC) in seconds since 1970.

    Raises CodeOriginError if ``day`` is not a date, or is in the year 9999.
    """
    return None if day is None else int(_period(day, "--since")[0].timestamp())


def until_seconds(day: str | None) -> int | None:
    """The time just after a day, month or year, with the forms and errors of :func:`since_seconds`."""
    return None if day is None else int(_period(day, "--until")[1].timestamp())


def _period(text: str, option: str) -> tuple[datetime, datetime]:
    """The start of a period and that of the next one."""
    for shape in ("%Y-%m-%d", "%Y-%m", "%Y"):
        try:
            first = datetime.strptime(text, shape).replace(tzinfo=UTC)
        except ValueError:
            continue
        if first.year == datetime.max.year:
            # The day after it may not exist.
            break
        if shape == "%Y-%m-%d":
            return first, first + timedelta(days=1)
        month = first.replace(month=12) if shape == "%Y" else first
        return first, (month.replace(day=28) + timedelta(days=4)).replace(day=1)
    raise CodeOriginError(f"{option} {text}: is not a date; write it as 2024-05-17, 2024-05 or 2024")
