"""The heads study: the retriever, its figures, and what its heads attend to."""

from collections.abc import Sequence

import numpy as np

from codeorigin_training.arrays import Integers
from codeorigin_training.data.readers.specifications import Specification
from codeorigin_training.metrics.figures import Estimate
from codeorigin_training.report.intervals import area, mean, numbered
from codeorigin_training.report.section import Section
from codeorigin_training.run import Log
from codeorigin_training.studies.heads.attention import head_masses
from codeorigin_training.studies.heads.config import HeadsConfig
from codeorigin_training.studies.heads.findings import HeadFindings, findings_section
from codeorigin_training.studies.heads.pruning import (
    ablation,
    all_heads,
    importance,
    pruning_curve,
    retriever_logits,
)
from codeorigin_training.studies.heads.retrieval import Asked, asked_among, ranks
from codeorigin_training.studies.heads.retriever import asked_examples, make_retriever, train_retriever
from codeorigin_training.studies.heads.start import start_from_words

_FIRST = 3


def heads_section(
    train: Sequence[Specification], test: Sequence[Specification], config: HeadsConfig, log: Log
) -> Section:
    """Train the retriever on ``train`` and analyse its heads on ``test``, whose repositories it has not seen."""
    texts = [text for pair in train for text in (pair.behaviour, pair.human_code, pair.llm_code)]
    model = make_retriever(texts, config)
    log(f"heads: {len(train)} specifications to learn from, {len(test)} to look at")
    asked = test[: config.pairs]
    examples, labels, repos = asked_examples(model, asked, config)
    # Of every four examples, the first two are the human and the LLM function with their own specification.
    own = [place for place in range(len(examples)) if labels[place]]
    if config.encoder is None:
        start_from_words(model.body, model.tokenizer, train, config, log)
    before = head_masses(model.eval(), [examples[place] for place in own])
    train_retriever(model, train, config, log)
    found_area = area(numbered(repos), labels, retriever_logits(model, examples), config)
    asked_for = asked_among(model, asked, config)
    found = [
        _retrieval(ranks(model, asked_for, gates), asked_for, config)
        for gates in (None, np.zeros(all_heads(model)))
    ]
    log(f"AUROC {found_area.value}, MRR {found[0][0].value} where chance has {asked_for.chance:.3f}")
    masses = head_masses(model, [examples[place] for place in own])
    units = [repos[place] for place in own]
    lost = ablation(model, examples, labels)
    # Heads to prune are chosen on the training side; chosen where it is measured, the curve would look too good.
    seen, seen_labels, _ = asked_examples(model, train[: config.pairs], config)
    scores = importance(model, seen, seen_labels)
    curve = pruning_curve(model, examples, labels, scores)
    return findings_section(
        HeadFindings(masses, before, units, found_area, asked_for, found, lost, curve), config
    )


def _retrieval(found: Integers, asked: Asked, config: HeadsConfig) -> list[Estimate]:
    """Mean reciprocal rank of ranks ``(n,)``, and the shares found first and among the first three."""
    groups = numbered(asked.repos)
    return [mean(groups, each, config) for each in (1.0 / found, found == 1, found <= _FIRST)]
