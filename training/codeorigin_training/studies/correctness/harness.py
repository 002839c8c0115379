"""Inside the sandbox: run a Python answer and call its function; writes the results to stdout as one JSON line.

The expected results are not available here, so an answer cannot cheat by returning them.
"""

import contextlib
import io
import json
import os
import sys
from pathlib import Path
from typing import Any


def main() -> None:
    """Run the answer in ``answer.txt`` on the ``cases`` in ``task.json``, which also has the function's ``names``."""
    task = json.loads(Path("task.json").read_text(encoding="utf-8"))
    code = Path("answer.txt").read_text(encoding="utf-8", errors="surrogatepass")
    out = os.dup(1)
    os.dup2(os.open("/dev/null", os.O_WRONLY), 1)
    space: dict[str, Any] = {"__name__": "__main__"}
    # Examples below a function may read input or fail, but the function is still defined.
    with contextlib.suppress(BaseException), contextlib.redirect_stdout(io.StringIO()):
        exec(compile(code, "answer", "exec"), space)
    function: Any = next((space[name] for name in task["names"] if callable(space.get(name))), None)
    results = []
    for case in task["cases"]:
        try:
            results.append([json.loads(json.dumps(function(*json.loads(json.dumps(case)))))])
        except BaseException:
            results.append([])
    os.write(out, json.dumps(results).encode())
    os._exit(0)


if __name__ == "__main__":
    main()
    sys.exit(1)
