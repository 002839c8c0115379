"""Which commit last changed each line of a file, by ``git blame --incremental``."""

from codeorigin.git.process import Git


def line_commits(git: Git, commit: str, path: str) -> list[str]:
    """Names of the commits of the lines of ``path`` (relative to the top) as it stands in ``commit``.

    Lines end at ``\\n`` alone. A commit at which a shallow history ends is named like any other.

    Raises:
        RepositoryError: there is no such file, or git fails.
    """
    # No list of commits to skip: a repository must not choose them, and git fails where its configuration names a file
    # that is not there. Only the option switches it off, an empty value in the configuration does not.
    options = ("--incremental", "--no-ignore-revs-file", "--no-textconv", "--no-progress")
    answer = git.run("blame", *options, commit, "--", path)
    owners: dict[int, str] = {}
    for line in answer.split(b"\n"):
        parts = line.split(b" ")
        # Headers are "<name> <line in it> <line here> <how many>"; all other lines begin with a word.
        if len(parts) == 4 and len(parts[0]) in {40, 64} and all(part.isdigit() for part in parts[1:]):
            first, count = int(parts[2]), int(parts[3])
            owners.update(dict.fromkeys(range(first, first + count), parts[0].decode("ascii")))
    return [owners[number] for number in sorted(owners)]
