"""Turn documents into batches for the pretraining objective."""

import numpy as np
import torch

from codeorigin_training.arrays import Tokens
from codeorigin_training.loops.precision import autocast
from codeorigin_training.loops.running_means import RunningMeans
from codeorigin_training.pretrain.config import PretrainConfig
from codeorigin_training.pretrain.masking import MaskingVocabulary, choose, corrupt
from codeorigin_training.pretrain.objective import IGNORED, PretrainBatch, PretrainObjective
from codeorigin_training.pretrain.packing import PackedPiece, document_ngrams, gather, lay_out, pack
from codeorigin_training.pretrain.syntax import SyntaxTargets


def split_validation(tokens: Tokens, config: PretrainConfig) -> tuple[list[int], list[int]]:
    """Indices of the documents, each ``(T,)``, to train on and of those held out; at least one is trained on."""
    order = np.random.default_rng([config.seed, 1]).permutation(len(tokens))
    held_out = min(int(len(tokens) * config.validation_share), len(tokens) - 1)
    return sorted(order[held_out:].tolist()), sorted(order[:held_out].tolist())


class Batcher:
    """Packs documents into rows, masks tokens and adds the targets."""

    def __init__(
        self,
        tokens: Tokens,
        vocabulary: MaskingVocabulary,
        ngram_buckets: int,
        config: PretrainConfig,
        syntax: SyntaxTargets | None,
    ) -> None:
        self.vocabulary = vocabulary
        self._tokens, self._buckets, self._config = tokens, ngram_buckets, config
        self._syntax = syntax if config.syntax_weight else None

    def examples(
        self, pieces: list[list[PackedPiece]], generator: np.random.Generator, *, only_mask: bool = False
    ) -> PretrainBatch:
        """The rows ``pieces`` with tokens masked; with ``only_mask``, always by MASK, as a generator needs."""
        vocabulary, config = self.vocabulary, self._config
        packed = lay_out(pieces, self._tokens, config.row_length, vocabulary.pad_id)
        chosen = choose(packed, vocabulary, config, generator)
        shares = (1.0, 0.0) if only_mask else (config.mask_token_share, config.random_share)
        shown = corrupt(packed.ids, chosen, vocabulary, *shares, generator)
        ngrams = document_ngrams(shown, packed.positions, vocabulary.mask_id, self._buckets)
        arrays = [packed.ids, shown, ngrams, chosen, packed.document, packed.positions]
        if self._syntax is not None:
            targets = (self._syntax.parents, self._syntax.depths)
            arrays += [gather(pieces, values, config.row_length, IGNORED) for values in targets]
        return PretrainBatch(*(torch.from_numpy(array) for array in arrays))

    def validate(
        self, objective: PretrainObjective, documents: list[int], device: torch.device
    ) -> dict[str, float]:
        """Loss and accuracy of masked language modelling on ``documents``; the masking is the same in every call."""
        config = self._config
        generator = np.random.default_rng([config.seed, 2])
        rows = pack([len(self._tokens[number]) for number in documents], config.row_length, generator)
        rows = [[piece._replace(document=documents[piece.document]) for piece in row] for row in rows]
        figures = RunningMeans()
        objective.eval()
        with torch.inference_mode():
            for start in range(0, len(rows), config.rows):
                examples = self.examples(rows[start : start + config.rows], generator).to(device)
                with autocast(device, config.precision):
                    figures.add(objective.masked(examples).figures, tokens=0)
        means = figures.take(1.0)
        del means["tokens_per_second"]
        return {f"validation_{name}": value for name, value in means.items()}
