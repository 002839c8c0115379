"""A made-up corpus whose two classes differ in style: small, but with everything that training reads."""

import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

NOUNS = ("order", "user", "token", "frame", "packet", "index", "buffer", "record", "event", "price")
VERBS = ("load", "parse", "merge", "update", "check", "build", "find", "apply", "reset", "write")


def human_function(generator: random.Random, name: str) -> str:
    """Terse code: short names, no docstring, a bare loop."""
    noun = generator.choice(NOUNS)
    lines = [f"def {name}(xs, n={generator.randint(0, 9)}):", "    r = []", "    for x in xs:"]
    lines += [f"        if x.{noun} > n: r.append(x.{noun})"]
    for _ in range(generator.randint(3, 9)):
        lines.append(f"    n += len(r) # {generator.choice(VERBS)}")
    return "\n".join([*lines, "    return r"])


def llm_function(generator: random.Random, name: str) -> str:
    """Chatty code: docstring, full names, guarded arguments."""
    noun, verb = generator.choice(NOUNS), generator.choice(VERBS)
    lines = [
        f"def {name}(items: list[dict], limit: int = {generator.randint(0, 9)}) -> list[dict]:",
        f'    """{verb.capitalize()} every {noun} and return the result."""',
        "    if not items:",
        f'        raise ValueError("items must not be empty: no {noun} found")',
        f"    # Step 1: {verb} the {noun}",
        f"    {noun}_results = []",
        f"    for {noun} in items:",
        f'        {noun}_results.append({noun}.get("value", limit))',
    ]
    reported = f'    logger.info("Successfully processed %d {noun}s", len({noun}_results))'
    lines += [reported] * generator.randint(0, 3)
    return "\n".join([*lines, f"    return {noun}_results"])


def corpus_entry(code: str, language: str, repo: str, *, llm: bool = False) -> dict[str, Any]:
    """A row of ``functions.parquet``."""
    return {
        "code": code, "language": language, "label": "llm" if llm else "human", "generator": "",
        "agent": "copilot" if llm else "", "repo": repo, "commit": "0" * 40, "path": f"src/{language}.txt",
        "date": "2024-05-01" if llm else "2019-05-01", "is_test": False,
        "evidence": "A-author" if llm else "H-date", "source": "own", "lines": code.count("\n") + 1,
    }  # fmt: skip


def write_corpus(
    folder: Path, *, repositories: int = 60, functions: int = 12, per_file: int = 1, seed: int = 0
) -> Path:
    """Write ``functions.parquet`` and ``pairs.parquet`` into ``folder``: every repository holds both classes.

    Each file has ``per_file`` functions, all of one style.
    """
    generator = random.Random(seed)
    rows, pairs = [], []
    for repository in range(repositories):
        # Agents' functions that other owners have too are left out of a corpus, and these are alike.
        repo = f"owner/project{repository}-{generator.randint(0, 9999)}"
        for number in range(functions):
            label = "llm" if number % 2 else "human"
            name = f"{generator.choice(VERBS)}_{generator.choice(NOUNS)}_{number}"
            code = (llm_function if label == "llm" else human_function)(generator, name)
            # A few people write like models, and vice versa: no data is clean.
            if generator.random() < 0.05:
                label = "human" if label == "llm" else "llm"
            language = generator.choice(["python", "ruby"])
            rows.append(
                corpus_entry(code, language, repo, llm=label == "llm")
                | {
                    "agent": generator.choice(["robot", "helper"]) if label == "llm" else "",
                    "commit": f"{number:040x}",
                    "path": f"src/module{number // (2 * per_file)}_{number % 2}.py",
                    "date": "2022-03-01",
                    "evidence": "trailer" if label == "llm" else "H-date-modern" if number % 4 else "H-date",
                    "source": "git-mined",
                }
            )
        if repository % 2:
            name = f"{generator.choice(VERBS)}_pair"
            instruction = ("none", "documented", "short")[repository // 2 % 3]
            pairs.append(
                {
                    "id": f"pair{repository}",
                    "language": "python",
                    "is_test": False,
                    "human_code": human_function(generator, name),
                    "llm_code": llm_function(generator, name),
                    "signature": f"def {name}(items, limit):",
                    "context": "A module of a made-up project.",
                    "behaviour": f"{name.split('_')[0].capitalize()}s what it is given, up to a limit.",
                    "instruction": instruction,
                    "similarity": 0.3 + repository % 50 / 100,
                    "repo": repo,
                    "evidence": "H-date-modern",
                }
            )
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows), folder / "functions.parquet")
    pq.write_table(pa.Table.from_pylist(pairs), folder / "pairs.parquet")
    return folder


def write_distribution(
    folder: Path, *, packages: int = 10, functions: int = 6, per_file: int = 3, seed: int = 1
) -> Path:
    """Write ``human.parquet`` into ``folder``: packages of human code, every second one of a later release."""
    generator = random.Random(seed)
    rows = []
    for package in range(packages):
        for number in range(functions):
            name = f"{generator.choice(VERBS)}_{generator.choice(NOUNS)}_{package}_{number}"
            code = human_function(generator, name)
            rows.append(
                corpus_entry(code, "python", f"debian/python3-project{package}")
                | {
                    "commit": "1.0-1",
                    "path": f"src/module{number // per_file}.py",
                    "date": "",
                    "evidence": "H-dist-12" if package % 2 else "H-dist",
                    "source": "debian",
                }
            )
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows), folder / "human.parquet")
    return folder


def write_answers(folder: Path) -> None:
    """Write ``snippets.parquet`` into ``folder``: right and wrong answers to a task with tests, and to one without."""
    gcd, wrong = (
        "def gcd(a, b):\n    while b:\n        a, b = b, a % b\n    return a",
        "def gcd(a, b):\n    return b",
    )
    rows = [
        {"code": f"{each}\n# {number}", "language": "python", "label": "llm", "generator": f"some/model-{size}b",
         "source": "s", "licence": "MIT", "group": group}
        for group, code, other in (("x-GCDZeroShot", gcd, wrong), ("x-GCDAlternative", gcd, gcd),
                                   ("x-Unknown", gcd, gcd))
        for number, size in enumerate((3, 7, 13))
        for each in (code, other)
    ]  # fmt: skip
    pq.write_table(pa.Table.from_pylist(rows), folder / "snippets.parquet")
