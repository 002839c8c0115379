"""How well the retriever finds a specification's function among others."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from codeorigin_training.arrays import Floats, Integers
from codeorigin_training.data.readers.specifications import Specification
from codeorigin_training.studies.heads.config import HeadsConfig
from codeorigin_training.studies.heads.pruning import retriever_logits
from codeorigin_training.studies.heads.retriever import RetrievalExample, Retriever, others_of


@dataclass(frozen=True, slots=True)
class Asked:
    """Every specification with ``candidates`` functions, its own first: a flat list of ``n x candidates`` examples."""

    examples: list[RetrievalExample]
    candidates: int
    repos: list[str]

    @property
    def chance(self) -> float:
        """The mean reciprocal rank of a random order."""
        return float((1.0 / np.arange(1, self.candidates + 1)).mean())


def asked_among(model: Retriever, pairs: Sequence[Specification], config: HeadsConfig) -> Asked:
    """The human function of each of ``pairs`` among those of others, preferably of the same language."""
    generator = np.random.default_rng(config.seed + 2)
    candidates = min(config.candidates, len(pairs))
    examples = []
    for place, pair in enumerate(pairs):
        same, rest = others_of(pairs, place)
        drawn = [*generator.permutation(same), *generator.permutation(rest)][: candidates - 1]
        examples += [
            model.example(pair.behaviour, pairs[other].human_code, pair.language, config)
            for other in (place, *map(int, drawn))
        ]
    return Asked(examples, candidates, [pair.repo for pair in pairs])


def ranks(model: Retriever, asked: Asked, gates: Floats | None = None) -> Integers:
    """The rank of each specification's own function, int64 ``(n,)``, from 1; in a tie it ranks last."""
    logits = retriever_logits(model, asked.examples, gates).reshape(-1, asked.candidates)
    return np.asarray(1 + (logits[:, 1:] >= logits[:, :1]).sum(axis=1), dtype=np.int64)
