"""The comment that the GitHub Action writes on a pull request, against a stub of GitHub's API."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.action_runner import ACTION, Runner
from support.github_api import StubOfTheApi

OTHERS = {"id": 6, "user": {"login": "somebody"}, "body": "<!-- codeorigin --> a trap"}
OURS = {"id": 7, "user": {"login": "github-actions[bot]"}, "body": "<!-- codeorigin -->\nold"}


@pytest.mark.parametrize(
    ("comments", "threshold", "expected"),
    [
        ([], "0", ["POST /repos/owner/project/issues/12/comments"]),
        ([], "1", []),
        ([OTHERS] * 120, "0", ["POST /repos/owner/project/issues/12/comments"]),
        ([*[OTHERS] * 120, OURS], "0", ["PATCH /repos/owner/project/issues/comments/7"]),
        ([OURS], "1", ["PATCH /repos/owner/project/issues/comments/7"]),
    ],
)
def test_pull_request_has_one_comment(
    runner: Runner, api: Callable[..., StubOfTheApi], comments: list[Any], threshold: str, expected: list[str]
) -> None:
    stub = api(*comments)
    runner.base_ref, runner.number, runner.api = "main", "12", f"http://127.0.0.1:{stub.server_port}"
    code, outputs = runner.run(comment="true", arguments=f"--threshold\n{threshold}")
    assert code == 0
    assert [f"{method} {path}" for method, path, _ in stub.written] == expected
    for _, _, body in stub.written:
        assert body == f"<!-- codeorigin -->\n{Path(outputs['summary']).read_text()}"


def test_every_use_of_the_action_has_its_own_comment(
    runner: Runner, api: Callable[..., StubOfTheApi]
) -> None:
    mine = OURS | {"id": 8, "body": "<!-- codeorigin-tests -->\nold"}
    for comments, path in (
        ([OURS], "issues/12/comments"),
        ([OURS, mine], "issues/comments/8"),
    ):
        stub = api(*comments)
        runner.base_ref, runner.number, runner.api = "main", "12", f"http://127.0.0.1:{stub.server_port}"
        code, _ = runner.run(comment="true", name="codeorigin-tests", arguments="--threshold\n0")
        ((_, written, body),) = stub.written
        assert (code, written) == (0, f"/repos/owner/project/{path}")
        assert body.startswith("<!-- codeorigin-tests -->\n## CodeOrigin: codeorigin-tests\n")
    (upload,) = [step for step in ACTION["runs"]["steps"] if "upload-sarif" in step.get("uses", "")]
    assert upload["with"]["category"] == "${{ inputs.name }}"


@pytest.mark.parametrize("name", ["", "a b", "a--b", "-->", "a\n::error::b", "'; touch trap; '"])
def test_odd_names_are_refused_in_one_line(runner: Runner, name: str) -> None:
    code, _ = runner.run(comment="true", name=name)
    assert code == 2
    assert runner.notices == (
        "::error::The input 'name' of CodeOrigin may have letters, digits, '.', '_' and single '-'.\n"
    )


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (
            403,
            "GitHub answered 403 (the token may not write; a pull request from a fork never gets a comment)",
        ),
        (500, "GitHub answered 500"),
        (None, "URLError"),
    ],
)
def test_comment_that_cannot_be_written_is_a_warning(
    runner: Runner, api: Callable[..., StubOfTheApi], status: int | None, said: str
) -> None:
    runner.base_ref, runner.number = "main", "12"
    runner.api = (
        "http://127.0.0.1:9" if status is None else f"http://127.0.0.1:{api(status=status).server_port}"
    )
    code, outputs = runner.run(comment="true", arguments="--threshold\n0")
    assert (code, outputs["findings"]) == (0, "true")
    assert runner.commented == f"::warning::CodeOrigin wrote no comment: {said}\n"
