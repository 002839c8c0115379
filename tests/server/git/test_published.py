"""Where a repository is published: links for hosts that are known, and none for an address that is made up."""

import pytest

from codeorigin.git.published import Published


@pytest.mark.parametrize(
    ("remote", "lines"),
    [
        ("https://github.com/owner/name.git", "https://github.com/owner/name/blob/abc/a%20b/c%23.py#L3-L9"),
        ("git@github.com:owner/name", "https://github.com/owner/name/blob/abc/a%20b/c%23.py#L3-L9"),
        ("https://ann:secret@github.com/o/n/", "https://github.com/o/n/blob/abc/a%20b/c%23.py#L3-L9"),
        (
            "ssh://git@gitlab.com:22/o/group/n.git",
            "https://gitlab.com/o/group/n/-/blob/abc/a%20b/c%23.py#L3-9",
        ),
        (
            "http://gitlab.example.org:8080/o/n",
            "https://gitlab.example.org:8080/o/n/-/blob/abc/a%20b/c%23.py#L3-9",
        ),
        ("https://codeberg.org/o/n.git", "https://codeberg.org/o/n/src/commit/abc/a%20b/c%23.py#L3-L9"),
        ("git@gitea.example.org:o/n.git", "https://gitea.example.org/o/n/src/commit/abc/a%20b/c%23.py#L3-L9"),
    ],
)
def test_lines_on_known_hosts(remote: str, lines: str) -> None:
    published = Published.at(remote)
    assert published is not None
    assert published.lines("abc", "a b/c#.py", 3, 9) == lines
    assert published.commit("abc").startswith("https://")
    assert "secret" not in published.commit("abc")


@pytest.mark.parametrize(
    "remote",
    [
        "",
        "/srv/git/name.git",
        "https://example.org/owner/name",
        "https://github.com@example.org/owner/name",
        "https://github.com.example.org/owner/name",
        "https://github.com/name",
        "https://github.com/owner/../../x",
        'https://github.com/owner/na"me',
        "https://github.com/owner/name\n",
        "https://github.com/owner/name?x=1",
        "https://gitlab/owner/name",
        "javascript://github.com/owner/name",
        "ext::sh -c github.com/owner/name",
        f"https://github.com/owner/{'n' * 1000}",
    ],
)
def test_no_link_where_it_is_not_certain_where_it_leads(remote: str) -> None:
    assert Published.at(remote) is None
