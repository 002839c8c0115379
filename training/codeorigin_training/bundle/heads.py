"""Prune attention heads before the graphs are written, if that costs no quality."""

from collections.abc import Sequence

import numpy as np

from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.arrays import Floats
from codeorigin_training.data.rows import Row
from codeorigin_training.encoder.heads import prune_heads
from codeorigin_training.encoder.inference import centre, deep_logits, encode_rows
from codeorigin_training.encoder.model import Encoder, EncoderError
from codeorigin_training.metrics.statistics import auroc
from codeorigin_training.run import Log

LEVEL = 0.002
"""The largest loss of AUROC allowed for pruning heads."""


def read_heads(names: Sequence[str]) -> dict[int, list[int]]:
    """Parse heads by layer: ``("2.1", "2.3")`` -> ``{1: [0, 2]}``; names count from 1, as in the study's tables.

    Raises:
        ValueError: a name is not a pair of positive integers.
    """
    found: dict[int, list[int]] = {}
    for name in names:
        layer, _, head = name.partition(".")
        if not (layer.isdecimal() and head.isdecimal() and int(layer) > 0 and int(head) > 0):
            raise ValueError(f"prune holds {name!r}: write layer.head, both from 1")
        found.setdefault(int(layer) - 1, []).append(int(head) - 1)
    return found


def leave_out_heads(
    encoder: Encoder, tokenizer: Tokenizer, names: Sequence[str], rows: Sequence[Row], overlap: int, log: Log
) -> Floats:
    """Prune the heads ``names`` from ``encoder``, and move the logit of its neutral baseline back to 0.

    ``rows`` are those of training repositories: figures on rows that heads were chosen on would be too good.

    Returns:
        The change of the logit of each of ``rows``, ``(n,)``, so that the calibration can fit the pruned encoder. The
        encoders of the folds no longer exist, so their logits are assumed to change by the same amounts.

    Raises:
        EncoderError: a head does not exist, or the AUROC on these rows falls by more than :data:`LEVEL`.
    """
    labels = np.array([row.label for row in rows], dtype=np.int64)
    tokens = encode_rows(rows, tokenizer)
    whole = deep_logits(encoder, tokens, tokenizer, overlap=overlap)
    prune_heads(encoder.body, read_heads(names))
    centre(encoder, tokenizer)
    left = deep_logits(encoder, tokens, tokenizer, overlap=overlap)
    before, after = auroc(labels, whole), auroc(labels, left)
    log(f"without the heads {', '.join(names)}: AUROC of the deep part {after:.4f}, with them {before:.4f}")
    if not after >= before - LEVEL:
        raise EncoderError(
            f"prune costs the deep part {before - after:.4f} of AUROC, more than {LEVEL}: leave out fewer heads"
        )
    return left - whole
