"""The examples of the study: three sets of texts from disjoint sets of repositories and of generated texts."""

import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from operator import itemgetter
from pathlib import Path

import pydantic
from pydantic import Field

from codeorigin.language_id.model import NONE
from codeorigin.languages import LANGUAGES
from codeorigin_training.configuration import STRICT, Count, Positive
from codeorigin_training.data.rows import Row, read_functions
from codeorigin_training.data.splits import is_held_out, unit_hash
from codeorigin_training.studies.language.texts import Example, TextPart, head, none_texts, part

_AFTER_TRAINING = frozenset(
    {"calibration_functions", "test_functions", "peer_texts", "right", "version", "model"}
)
"""Settings that the weights do not depend on."""


@pydantic.dataclasses.dataclass(frozen=True, config=STRICT)
class LanguageConfig:
    """How the language identification model is trained and measured.

    For each language, ``functions`` are used for training, ``calibration_functions`` for temperatures and threshold,
    and ``test_functions`` for the figures, from three disjoint sets of repositories. ``generated`` texts are generated
    for each kind of ``none``, from disjoint sets of lines. Other tools are compared on ``peer_texts`` texts of each
    language in each view, as is the model.

    ``width`` is the size of the table of hashed n-grams. ``right`` is the share of answers, over all lengths together,
    that must be right when the model names a language. With ``model``, the folder of an existing model, nothing is
    trained; its figures and card are regenerated.
    """

    functions: Count = 5000
    calibration_functions: Count = 400
    test_functions: Count = 400
    generated: Count = 350
    peer_texts: Count = 100
    # A wider table outgrows 2 MB.
    width: int = Field(default=1 << 17, ge=1 << 8, le=1 << 17)
    epochs: Count = 4
    batch: Count = 128
    learning_rate: Positive = 0.02
    weight_decay: float = Field(default=1e-4, ge=0)
    right: float = Field(default=0.97, ge=0.5, lt=1)
    seed: int = 7
    version: str = "0.3.0"
    model: Path | None = None

    @property
    def training(self) -> dict[str, object]:
        """The settings that the weights depend on, as plain values."""
        return {name: value for name, value in asdict(self).items() if name not in _AFTER_TRAINING}


SIDES = ("train", "calibration", "test")
LABELS = (*(name for name in LANGUAGES if name != "tsx"), NONE)
"""The model's labels, in order. TSX is left out: it is TypeScript with markup, which few texts contain."""

_MEASURED = tuple(TextPart)
_TRAINED = (
    TextPart.FIRST_TWO,
    TextPart.MIDDLE_TWO,
    TextPart.MIDDLE_TWO,
    TextPart.FIVE,
    TextPart.FIVE,
    TextPart.TEN,
    TextPart.WHOLE,
    TextPart.WHOLE,
)


def side_of_repo(repo: str) -> str:
    """``test`` for the repositories that the whole project holds out; the others are split by a hash of their name."""
    if is_held_out(repo):
        return "test"
    return "calibration" if unit_hash(repo, "language") < 0.12 else "train"


def read_spread(data: Path, counts: Mapping[str, int], random_: random.Random) -> dict[str, list[Row]]:
    """At most ``counts[side]`` functions per language of each side, spread evenly over the repositories.

    Raises:
        CorpusError: the corpus is missing or lacks a column.
    """
    rows = read_functions(data)
    side_of_each = {repo: side_of_repo(repo) for repo in {row.repo for row in rows}}
    random_.shuffle(rows)
    cells: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        cells[side_of_each[row.repo], row.language].append(row)
    return {
        side: [row for label in LABELS for row in one_of_each_first(cells[side, label])[:count]]
        for side, count in counts.items()
    }


def read_examples(
    data: Path, config: LanguageConfig, sides: Sequence[str] = SIDES
) -> dict[str, list[Example]]:
    """The examples of each of ``sides``, a subset of :data:`SIDES`; a side's examples do not depend on the others.

    In ``train``, a function yields two texts, sometimes with the head of a file above it; in the other sides, it yields
    one text for every view that it is long enough for. Generated texts use words from repositories of the same side.

    Raises:
        CorpusError: the corpus is missing or lacks a column.
    """
    counts = dict(
        zip(SIDES, (config.functions, config.calibration_functions, config.test_functions), strict=True)
    )
    functions = read_spread(data, {side: counts[side] for side in sides}, random.Random(config.seed))
    examples: dict[str, list[Example]] = {side: [] for side in sides}
    randoms = {side: random.Random(f"{config.seed} {side}") for side in sides}
    for side, random_ in randoms.items():
        chosen = functions[side]
        if not chosen:
            continue
        word = _words_of(chosen, random_)
        for row in chosen:
            examples[side] += _of_function(row, word, random_, trains=side == "train")
        made = config.generated if side == "train" else max(config.generated // 6, 1)
        for kind, text in none_texts(made, word, [function.code for function in chosen], random_, side):
            examples[side] += _of_text(text, NONE, f"generated/{kind}", random_, trains=side == "train")
    return examples


def _words_of(rows: Sequence[Row], random_: random.Random) -> Callable[[], str]:
    """A function that returns random identifiers from ``rows``."""
    sample = random_.sample(rows, min(len(rows), 2000))
    words = sorted({word for row in sample for word in re.findall(r"\b[A-Za-z][A-Za-z]{2,14}\b", row.code)})
    return lambda: random_.choice(words) if words else "word"


def _of_function(row: Row, word: Callable[[], str], random_: random.Random, *, trains: bool) -> list[Example]:
    code = row.code.replace("\r\n", "\n").strip("\n")
    found = []
    for view in random_.sample(_TRAINED, 2) if trains else _MEASURED:
        text = part(code, view, random_)
        if text is None:
            continue
        if trains and view is TextPart.WHOLE and random_.random() < 0.3:
            text = head(row.language, word, random_) + (text if random_.random() < 0.8 else "")
        found.append(Example(text, row.language, row.repo, view))
    return found


def _of_text(text: str, label: str, unit: str, random_: random.Random, *, trains: bool) -> list[Example]:
    lines = text.split("\n")
    # A random window of a long file, because the beginnings of a package's files are often the same.
    if len(lines) > 60:
        first = random_.choice((0, random_.randint(0, len(lines) - 40)))
        lines = lines[first : first + random_.randint(20, 60)]
    found = []
    for view in (
        (TextPart.WHOLE, random_.choice((TextPart.MIDDLE_TWO, TextPart.FIVE))) if trains else _MEASURED
    ):
        chosen = part("\n".join(lines).strip("\n"), view, random_)
        if chosen is not None and chosen.strip():
            found.append(Example(chosen, label, unit, view))
    return found


def one_of_each_first(rows: Sequence[Row]) -> list[Row]:
    """``rows`` with the first of every repository before the second of any, and so on, otherwise in their order."""
    met: Counter[str] = Counter()
    rounds: list[tuple[int, Row]] = []
    for row in rows:
        rounds.append((met[row.repo], row))
        met[row.repo] += 1
    return [row for _, row in sorted(rounds, key=itemgetter(0))]
