"""Names of folders must be short, and never those of two folders at once."""

import pytest

from codeorigin.text.short_names import short_names


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["/x/app.git", "/y/lib"], ["app", "lib"]),
        (["/x/app", "/y/app.git", "/y/lib"], ["x/app", "y/app", "lib"]),
        # One name is the end of the other.
        (["/app", "/x/app"], ["/app", "x/app"]),
        (["/x/app", "/x/app.git"], ["/x/app", "/x/app.git"]),
        ([], []),
    ],
)
def test_shortest_ending_that_no_other_path_has_is_the_name(paths: list[str], names: list[str]) -> None:
    assert short_names(paths) == dict(zip(names, paths, strict=True))
