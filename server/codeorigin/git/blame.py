"""Which commit last changed each line of a file, by ``git blame --incremental``."""

from codeorigin.git.process import Git


def line_commits(git: Git, commit: str, path: str) -> list[str]:
    """The commit that last changed each line of ``path`` (relative to the top), as of ``commit``.

    Only ``\\n`` ends a line. A commit at the boundary of a shallow history is named like any other.

    Raises:
        RepositoryError: there is no such file, or git fails.
    """
    # Never use a list of commits to skip: the repository must not choose them, and git fails if its configuration names
    # a file that does not exist. Only the option turns this off; an empty configuration value does not.
    options = ("--incremental", "--no-ignore-revs-file", "--no-textconv", "--no-progress")
    answer = git.run("blame", *options, commit, "--", path)
    owners: dict[int, str] = {}
    for line in answer.split(b"\n"):
        parts = line.split(b" ")
        # Headers are "<commit> <original line> <final line> <line count>"; all other lines begin with a word.
        if len(parts) == 4 and len(parts[0]) in {40, 64} and all(part.isdigit() for part in parts[1:]):
            first, count = int(parts[2]), int(parts[3])
            owners.update(dict.fromkeys(range(first, first + count), parts[0].decode("ascii")))
    return [owners[number] for number in sorted(owners)]
