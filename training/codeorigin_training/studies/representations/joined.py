"""Classify relations with an ordinary text classifier that reads both representations in one sequence."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from tokenizers import AddedToken
from tokenizers import Tokenizer as BpeTokenizer

from codeorigin_training.encoder.classify import Classifier, ClassifyConfig, train_classifier
from codeorigin_training.encoder.labelled import Labelled
from codeorigin_training.encoder.settings import Phase
from codeorigin_training.run import Log
from codeorigin_training.studies.representations.config import RepresentationsConfig
from codeorigin_training.studies.representations.pairs import (
    KINDS,
    Representation,
    Represented,
    neighbour_batches,
)
from codeorigin_training.studies.representations.relations import RelationAnswers, encoder_shape

OWN, SWAPPED = "own", "swapped"
_BETWEEN = "\n"
_MOST_CHARACTERS = 600
"""Maximum length of each representation, so that the second one is read too."""


def own_tokens(functions: Sequence[Represented]) -> dict[str, str]:
    """Texts that represent parts of structure and occur in no code, for extending a vocabulary."""
    names = sorted({token for each in functions for token in (*each.tree, *each.flow)})
    return {
        name: f"\N{MATHEMATICAL LEFT ANGLE BRACKET}{name}\N{MATHEMATICAL RIGHT ANGLE BRACKET}"
        for name in names
    }


def joined_examples(
    functions: Sequence[Represented], size: int, own: dict[str, str] | None
) -> tuple[list[Labelled], list[str]]:
    """Every pair of representations as one text, half of them swapped, and the kind of each.

    With ``own``, structure is written in its own tokens (:func:`own_tokens`); parts without one are left out.
    """
    examples: list[Labelled] = []
    kinds: list[str] = []
    for batch, swapped in neighbour_batches(functions, size):
        for left, right in KINDS:
            for label, places in ((OWN, np.arange(len(batch))), (SWAPPED, swapped)):
                for number, place in enumerate(places.tolist()):
                    texts = (_text(batch[number], left, own), _text(batch[place], right, own))
                    examples.append(Labelled(_BETWEEN.join(texts), label, batch[number].row.repo))
                    kinds.append(f"{left.value} and {right.value}")
    return examples, kinds


def train_joined(
    functions: Sequence[Represented],
    bpe: BpeTokenizer,
    own: dict[str, str] | None,
    config: RepresentationsConfig,
    log: Log,
) -> Classifier:
    """Train a classifier of :func:`joined_examples` from scratch; ``own`` extends the vocabulary ``bpe``."""
    vocabulary = BpeTokenizer.from_str(bpe.to_str())
    if own is not None:
        vocabulary.add_tokens([AddedToken(text, normalized=False) for text in own.values()])
    settings = ClassifyConfig(
        encoder=encoder_shape(config, config.joined_context),
        context=config.joined_context,
        phases=(Phase(epochs=config.joined_epochs, learning_rate=config.learning_rate, warm_up=0.1),),
        device="cpu",
        seed=config.seed,
    )
    examples, _ = joined_examples(functions, config.batch, own)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "tokenizer.json"
        vocabulary.save(str(path))
        return train_classifier(examples, path, settings, Path(folder) / "training", log)


def joined_answers(
    classifier: Classifier,
    functions: Sequence[Represented],
    own: dict[str, str] | None,
    config: RepresentationsConfig,
) -> RelationAnswers:
    """The answers of ``classifier`` for the pairs of ``functions``."""
    examples, kinds = joined_examples(functions, config.batch, own)
    said = [label for label, _ in classifier.predict([each.text for each in examples])]
    right = np.array([label == each.label for label, each in zip(said, examples, strict=True)], dtype=bool)
    return RelationAnswers(right, kinds, [each.unit for each in examples])


def _text(function: Represented, view: Representation, own: dict[str, str] | None) -> str:
    if own is None or view is Representation.SOURCE:
        return function.text(view)[:_MOST_CHARACTERS]
    # Limit the number of tokens as if each were spelled with three characters.
    return "".join(own[token] for token in function.tokens(view)[: _MOST_CHARACTERS // 3] if token in own)
