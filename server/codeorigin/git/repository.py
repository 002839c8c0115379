"""A git repository found from a folder: its location, its format and its commits."""

import copy
import hashlib
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from codeorigin.core.cancellation import NEVER, CancelToken
from codeorigin.core.errors import NoSuchRevisionError, RepositoryError
from codeorigin.git.objects import FILE_MODES
from codeorigin.git.process import FailedCommandError, Git, nul_terminated
from codeorigin.text.regular_files import read_regular_file

MAX_CHANGES = 500_000
"""Trees with more paths, and changes of more, are not read: a few kilobytes can stand for millions of them."""
_WITHOUT_COMMITS = "does not have any commits yet"
_LATEST = 2**63 - 1
_MOST_DIGITS = 20
_MAX_SHALLOW = 64 * 2**20
_NAME = re.compile(rb"[0-9a-f]{40}|[0-9a-f]{64}")
_PLACES = (
    ("--is-inside-work-tree",),
    ("--show-object-format",),
    ("--absolute-git-dir",),
    ("--git-path", "objects"),
    ("--git-path", "shallow"),
    ("--show-cdup",),
)


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit without author and committer. ``seconds`` is the committer time in seconds since 1970."""

    id: str
    parents: tuple[str, ...]
    tree: str
    seconds: int


class Repository:
    """A repository. ``root`` is the top of its working tree; None if there is none (bare, or inside ``.git``).

    ``git`` runs in ``root``, or in ``folder``, the repository's own, if there is no working tree. ``object_format`` is
    the hash that names objects: ``sha1`` or ``sha256``. ``objects`` is the folder of its objects.
    """

    def __init__(
        self, git: Git, root: Path | None, object_format: str, folder: Path, objects: Path, shallow: Path
    ) -> None:
        self.git = git
        self.root = root
        self.object_format = object_format
        self.folder = folder
        self.objects = objects
        self._shallow = shallow

    @classmethod
    def of(cls, start: Path, cancel: CancelToken = NEVER) -> "Repository":
        """The repository that contains the folder ``start``; cancelling ``cancel`` kills its git commands.

        Raises:
            RepositoryError: there is none, git does not trust it, or git is not installed.
        """
        found = Git(start, cancel=cancel)
        is_inside, object_format, folder, objects, shallow, up = _places(found)
        places = Path(folder), start.absolute() / objects, start.absolute() / shallow
        if is_inside != "true":
            return cls(Git(places[0], {"GIT_DIR": folder}, cancel), None, object_format, *places)
        root = (start / up).resolve()
        # git sets these for its hooks, relative to the current folder, but the commands here run at the top.
        absolute = {
            name: os.path.abspath(start / os.environ[name])  # noqa: PTH100 - links are git's to follow
            for name in (
                "GIT_DIR",
                "GIT_INDEX_FILE",
                "GIT_WORK_TREE",
                "GIT_COMMON_DIR",
                "GIT_OBJECT_DIRECTORY",
            )
            if os.environ.get(name)
        }
        return cls(Git(root, absolute, cancel), root, object_format, *places)

    def with_cancel(self, cancel: CancelToken) -> "Repository":
        """This repository, whose commands ``cancel`` kills instead."""
        made = copy.copy(self)
        made.git = self.git.with_cancel(cancel)
        return made

    @property
    def is_shallow(self) -> bool:
        """Whether the history was cut off when the repository was cloned."""
        return self._shallow.exists()

    def boundary(self) -> frozenset[str]:
        """The commits whose parents were cut off when the repository was cloned."""
        if not self.is_shallow:
            return frozenset()
        try:
            data = read_regular_file(self._shallow, _MAX_SHALLOW)
            return frozenset(data.decode("ascii").split())
        except (OSError, ValueError):
            return frozenset()

    def path(self, name: str) -> Path:
        """The location of a part of the repository, such as ``index``."""
        return self.git.folder / self.git.line("rev-parse", "--git-path", name)

    def inside(self, path: Path) -> str | None:
        """A path on disk as git writes it, relative to the top; None if it is outside. Only its folder is resolved."""
        if self.root is None:
            return None
        root, real = self.root.resolve(), path.parent.resolve() / path.name
        return real.relative_to(root).as_posix() if real.is_relative_to(root) else None

    def named(self, name: str) -> str | None:
        """The object that ``name`` stands for, such as ``HEAD:a.py``; None if there is none."""
        found = self.git.run("rev-parse", "--verify", "--quiet", name, answers=(0, 1, 128))
        return found.decode("ascii", "replace").strip() or None

    def all_named(self, *names: str) -> tuple[str | None, ...]:
        """:meth:`named` for several names, which one process looks up unless a line end is in one of them."""
        if any("\n" in name for name in names):
            return tuple(map(self.named, names))
        asked = os.fsencode("".join(f"{name}\n" for name in names))
        answer = self.git.run(
            "cat-file", "--batch-check=%(objectname)", stdin=asked, answers=(0, 1, 128), max_output=1 << 20
        )
        found = [line.decode("ascii") if _NAME.fullmatch(line) else None for line in answer.split(b"\n")]
        return tuple(found + [None] * len(names))[: len(names)]

    def head(self) -> str | None:
        """The commit of HEAD; None if there are no commits yet.

        Raises:
            RepositoryError: the commit or the branch is damaged, or not in this clone.
        """
        if (found := self.named("HEAD^{commit}")) is not None:
            return found
        # Only `log` distinguishes a branch without commits from a broken one.
        try:
            self.git.run("log", "-1", "--no-show-signature", "--format=%H")
        except FailedCommandError as error:
            if _WITHOUT_COMMITS in str(error):
                return None
        raise RepositoryError(
            "the commit of HEAD is damaged or not in this clone; git fsck says what is wrong", self.folder
        )

    def resolve(self, revision: str) -> str:
        """The name of the commit that ``revision`` refers to.

        Raises:
            NoSuchRevisionError: there is no such commit.
            RepositoryError: there are no commits at all.
        """
        if revision == "HEAD":
            if (head := self.head()) is None:
                raise RepositoryError("the repository has no commits yet", self.root or self.folder)
            return head
        if revision.startswith("-"):
            raise RepositoryError("a revision does not begin with a dash", revision)
        if ".." in revision or revision.startswith("^"):  # no name of a branch or tag has them
            raise RepositoryError(
                "names more than one commit; give one, or a range to check --changed", revision
            )
        if "\n" not in revision and "\0" not in revision:
            found = self.named(f"{revision}^{{commit}}")
            if found is not None:
                return found
        if self.head() is None:
            raise RepositoryError("the repository has no commits yet", revision)
        cut = "; in a shallow clone, fetch more of the history" if self.is_shallow else ""
        raise NoSuchRevisionError(f"no such commit, branch or tag here{cut}", revision)

    def merge_base(self, base: str, head: str) -> str:
        """The merge base of two commits, given by name.

        Raises:
            RepositoryError: they have no commit in common.
        """
        answer = self.git.run("merge-base", base, head, answers=(0, 1))
        if not answer:
            cut = (
                "; this clone is shallow, fetch more of the history (git fetch --unshallow)"
                if self.is_shallow
                else ""
            )
            raise RepositoryError(f"{base[:10]} and {head[:10]} have no commit in common here{cut}")
        return answer.decode("ascii").split()[0]

    def log(
        self,
        start: str,
        *,
        without: str | None = None,
        paths: tuple[str, ...] = (),
        first_parents: bool = False,
    ) -> Iterator[Commit]:
        """Yield the commits reachable from ``start`` but not from ``without``, newest first, as git lists them.

        With ``paths``, only commits that change something there. With ``first_parents``, only the first parent of a
        merge is followed: the branch that ``start`` is on, and not what was merged into it.
        """
        names = [start, *((f"^{without}",) if without is not None else ())]
        options = ["--first-parent"] if first_parents else []
        for record in self._log(*options, "--format=%H%x20%T%x20%ct%x20%P", *names, "--", *paths):
            yield _logged(record)

    def _log(self, *arguments: str) -> Iterator[bytes]:
        """Yield what ``git log`` prints for each commit."""
        shown = ("--no-show-signature", "--no-notes", "--no-color", "--no-decorate", "-z", "--encoding=UTF-8")
        with self.git.stream("log", *shown, *arguments) as output:
            yield from nul_terminated(output)

    def tree(self, commit: str) -> str:
        """The tree of the commit with this name."""
        return self.git.line("rev-parse", "--verify", f"{commit}^{{tree}}")

    def parents(self, commit: str) -> list[str]:
        """The parents of the commit with this name; none at the boundary of a shallow clone."""
        # `log` fails on settings of the repository that `rev-list` does not read.
        return self.git.line("rev-list", "--no-walk", "--parents", commit).split()[1:]

    def remote(self) -> str | None:
        """The address of the remote ``origin``, as the configuration has it; None if there is none."""
        found = self.git.run("config", "--get", "remote.origin.url", answers=(0, 1))
        return os.fsdecode(found).removesuffix("\n") or None

    def files(self, commit: str) -> Iterator[tuple[str, str]]:
        """Yield path and blob of every regular file of a commit or tree, in git's order.

        Raises:
            RepositoryError: git fails, or there are too many files.
        """
        with self.git.stream("ls-tree", "-r", "-z", "--full-tree", commit, ponders=False) as output:
            for number, entry in enumerate(nul_terminated(output)):
                if number == MAX_CHANGES:
                    raise RepositoryError(
                        f"{commit[:10]}: has more than {MAX_CHANGES:,} files, which are not read"
                    )
                head, _, path = entry.partition(b"\t")
                mode, _, rest = head.partition(b" ")
                if mode in FILE_MODES:
                    yield os.fsdecode(path), rest.rpartition(b" ")[2].decode("ascii")

    def chosen_files(self, commit: str, wanted: Callable[[str], bool], most: int) -> list[tuple[str, str]]:
        """Path and blob of at most ``most`` files whose path is ``wanted``, chosen by a hash of their paths."""
        files = [file for file in self.files(commit) if wanted(file[0])]
        files.sort(key=lambda file: hashlib.sha256(file[0].encode("utf-8", "surrogatepass")).digest())
        return files[:most]


def _places(git: Git) -> list[str]:
    """What git answers to :data:`_PLACES`."""
    found = git.line("rev-parse", *(part for question in _PLACES for part in question)).split("\n")
    if len(found) == len(_PLACES):
        return found
    # A folder's name has a line end, or there is no working tree, of which nothing is printed.
    return [git.line("rev-parse", *question) for question in _PLACES]


def _logged(record: bytes) -> Commit:
    # A commit may lack a time: the field is then empty.
    name, tree, seconds, *parents = record.split(b" ")
    return Commit(
        name.decode("ascii"),
        tuple(parent.decode("ascii") for parent in parents if parent),
        tree.decode("ascii"),
        # It may claim any time, so it is clamped to 64 bits.
        min(int(seconds), _LATEST) if seconds.isdigit() and len(seconds) <= _MOST_DIGITS else 0,
    )
