"""The command ``adopt``: makes a pretrained body the encoder that a run's fine-tuning starts from."""

import random

from codeorigin.model.reading.normalize import normalize
from codeorigin_training.corpus.rows import read_functions
from codeorigin_training.corpus.splits import is_held_out
from codeorigin_training.encoder.registry import save_encoder
from codeorigin_training.pretrained.adopt import AdoptConfig, adopt_body
from codeorigin_training.run import Log, Run


def adopt(config: AdoptConfig, run: Run, log: Log) -> None:
    """Write ``run.tokenizer`` and ``run.pretrained`` from a body; nothing is reused from earlier calls.

    Raises:
        EncoderError: the body cannot be loaded, or cannot be cut as configured.
        RunError: the run has no corpus.
    """
    rows = [row for row in read_functions(run.needs(run.corpus, "corpus")) if not is_held_out(row.repo)]
    chosen = random.Random(config.seed).sample(rows, min(config.sample, len(rows)))
    texts = [normalize(row.code, row.language).text for row in chosen]
    encoder, vocabulary = adopt_body(config, texts, run.folder / "dequantised")
    vocabulary.save(str(run.tokenizer))
    save_encoder(run.pretrained, encoder)
    parameters = sum(parameter.numel() for parameter in encoder.parameters())
    log(
        f"{encoder.body.config.num_hidden_layers} layers of {encoder.width}, "
        f"{vocabulary.get_vocab_size()} tokens, {parameters / 1e6:.1f} M parameters"
    )
