"""Train an encoder on the same texts, for comparison with the n-grams of the product."""

from collections.abc import Callable, Sequence
from pathlib import Path

from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.data.rows import Row
from codeorigin_training.encoder.classifier import ClassifyConfig, train_classifier
from codeorigin_training.encoder.labelled import Labelled
from codeorigin_training.encoder.settings import COMPACT
from codeorigin_training.encoder.vocabulary import own_tokenizer, train_tokenizer
from codeorigin_training.files import written_whole
from codeorigin_training.run import Log
from codeorigin_training.studies.language.views import Example

_VOCABULARY, _SAMPLE = 8192, 20_000


def encoder_labels(
    training: Sequence[Example], config: ClassifyConfig, folder: Path, log: Log
) -> Callable[[Sequence[Example]], list[str]]:
    """Train a classifier on ``training``, save it in ``folder``, and return a function that labels other texts.

    Raises:
        ClassifyError: there are too few texts.
        EncoderError: the encoder cannot be loaded.
    """
    folder.mkdir(parents=True, exist_ok=True)
    classifier = train_classifier(
        [Labelled(each.text, each.label, each.unit) for each in training],
        _vocabulary(training, config, folder),
        config,
        folder / "training",
        log,
    )
    classifier.save(folder)
    return lambda examples: [label for label, _ in classifier.predict([each.text for each in examples])]


def _vocabulary(training: Sequence[Example], config: ClassifyConfig, folder: Path) -> Path:
    path = folder / "tokenizer.json"
    if config.encoder.name != COMPACT:
        tokenizer = Tokenizer(own_tokenizer(config.encoder.name)[0])
    else:
        rows = [Row(each.text, each.label, 0, each.unit, "", False, False, 1) for each in training]
        trained = train_tokenizer(rows, vocab_size=_VOCABULARY, sample=_SAMPLE, seed=config.seed)
        tokenizer = Tokenizer(trained)
    with written_whole(path) as partial:
        tokenizer.save(partial)
    return path
