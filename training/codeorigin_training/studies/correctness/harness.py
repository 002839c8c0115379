"""Inside the sandbox: runs an answer in Python and calls its function; the results go to stdout as one JSON line.

What is right is not known here, so an answer cannot claim it.
"""

import contextlib
import io
import json
import os
import sys
from pathlib import Path
from typing import Any


def main() -> None:
    """``task.json`` holds ``names`` and ``cases``; the answer is ``answer.txt``."""
    task = json.loads(Path("task.json").read_text(encoding="utf-8"))
    code = Path("answer.txt").read_text(encoding="utf-8", errors="surrogatepass")
    out = os.dup(1)
    os.dup2(os.open("/dev/null", os.O_WRONLY), 1)
    space: dict[str, Any] = {"__name__": "__main__"}
    # Examples below a function may ask for input or fail; the function is there all the same.
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
