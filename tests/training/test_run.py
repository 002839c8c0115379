"""What a run caches: once for the same inputs, and again if anything of it has changed."""

from pathlib import Path

import pytest

from codeorigin_training.run import Run, atomic_path, write_atomically


class Maker:
    """Makes a value and a file, and counts how often."""

    def __init__(self, folder: Path) -> None:
        self.file, self.lines, self.made = folder / "out" / "file.txt", list[str](), 0
        self.run = Run(folder, log=self.lines.append)

    def __call__(self, inputs: object) -> int:
        return self.run.cached("thing", inputs, self._make, [self.file])

    def _make(self) -> int:
        self.made += 1
        self.file.parent.mkdir(exist_ok=True)
        self.file.write_text(str(self.made))
        return self.made


def test_the_same_inputs_are_made_once(tmp_path: Path) -> None:
    make = Maker(tmp_path)
    assert make({"rounds": 1, "data": Path("a")}) == make({"data": Path("a"), "rounds": 1}) == 1
    assert make.lines == [f"thing: taken from {tmp_path / 'cache'}"]
    # A later run finds it, too.
    assert Maker(tmp_path)({"rounds": 1, "data": Path("a")}) == 1


def test_other_inputs_or_a_changed_file_are_made_again(tmp_path: Path) -> None:
    make = Maker(tmp_path)
    assert [make("a"), make("b"), make("a"), make("a")] == [1, 2, 3, 3]
    make.file.write_text("by hand")
    assert [make("a"), make.file.read_text()] == [4, "4"]
    make.file.unlink()
    assert [make("a"), make("a")] == [5, 5]


@pytest.mark.filterwarnings("ignore:Exception while loading results")
def test_a_truncated_entry_is_made_again(tmp_path: Path) -> None:
    make = Maker(tmp_path)
    make("a")
    (entry,) = (tmp_path / "cache").rglob("output.pkl")
    entry.write_bytes(entry.read_bytes()[:10])
    assert make("a") == 2


def test_what_is_interrupted_is_not_kept(tmp_path: Path) -> None:
    run, tries = Run(tmp_path), list[int]()

    def make() -> int:
        tries.append(1)
        if len(tries) == 1:
            raise KeyboardInterrupt
        return len(tries)

    with pytest.raises(KeyboardInterrupt):
        run.cached("thing", "a", make)
    assert run.cached("thing", "a", make) == 2


def test_interrupted_file_leaves_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "kept.txt"
    write_atomically(path, "whole")
    with pytest.raises(AttributeError), atomic_path(path) as partial:
        partial.write_text("half").interrupted()  # type: ignore[attr-defined]
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("kept.txt", "whole")]
