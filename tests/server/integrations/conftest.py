"""A pull request of one changed function, and the action that checks it."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from support.action_runner import Runner
from support.command import TERSE
from support.github_api import StubOfTheApi
from support.repositories import Repository

CODE = TERSE.read_text()


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    made = Repository(tmp_path / "work")
    made.commit({"a.py": CODE, "sub/b.py": CODE}, date="2020-01-01")
    made.git("update-ref", "refs/remotes/origin/main", "HEAD")
    made.git("checkout", "-q", "-b", "work")
    made.commit({"a.py": CODE.replace("def rpn(s):\n", "def rpn(s):\n    pass\n")}, date="2020-01-02")
    (tmp_path / "temp").mkdir()
    # The job's Python makes the environment, whose Python installs; both refuse to import from the checkout.
    installed = tmp_path / "installed"
    script = f"""#!/bin/sh
echo "$@" >> "{installed}"
[ "$1" = -I ] || exit 9
case "$3" in
  venv) env > "{tmp_path / "environment"}"; mkdir -p "$5/bin"; cp "$0" "$5/bin/python" ;;
  codeorigin) exec "{sys.executable}" "$@" ;;
  "") exec "{sys.executable}" "$@" ;;
esac
"""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "python").write_text(script)
    (programs / "python").chmod(0o755)
    return Runner(made, tmp_path)


@pytest.fixture
def api() -> Iterator[Callable[..., StubOfTheApi]]:
    with ExitStack() as stack:

        def started(*comments: dict[str, Any], status: int = 200) -> StubOfTheApi:
            stub = stack.enter_context(StubOfTheApi(comments, status))
            threading.Thread(target=stub.serve_forever, daemon=True).start()
            stack.callback(stub.shutdown)
            return stub

        yield started
