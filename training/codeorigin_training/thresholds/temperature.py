"""Temperatures that make the sigmoid of a logit, or the softmax of several, a calibrated probability."""

import numpy as np
from scipy.optimize import minimize, minimize_scalar
from scipy.special import log_softmax

from codeorigin_training.arrays import Floats, Integers


def fit_temperature(logits: Floats, labels: Integers, weights: Floats) -> tuple[float, float]:
    """``(temperature, shift)`` that minimise the weighted log loss of ``sigmoid((logit - shift) / temperature)``.

    Source: Guo et al., "On Calibration of Modern Neural Networks", ICML 2017; the shift is Platt's.
    """

    def loss(parameters: Floats) -> float:
        scaled = (logits - parameters[1]) * np.exp(-parameters[0])
        return float(np.average(np.logaddexp(0.0, np.where(labels == 1, -scaled, scaled)), weights=weights))

    found = minimize(loss, np.zeros(2), method="Nelder-Mead", options={"xatol": 1e-4, "fatol": 1e-7})
    return float(np.exp(found.x[0])), float(found.x[1])


def fit_softmax_temperature(logits: Floats, targets: Integers) -> float:
    """The temperature for logits ``(n, K)`` that minimises their cross-entropy against codes ``targets`` ``(n,)``.

    Source: Guo et al., section 4.2.
    """

    def loss(log_temperature: float) -> float:
        likelihoods = log_softmax(logits / np.exp(log_temperature), axis=1)
        return -float(likelihoods[np.arange(len(targets)), targets].mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-3.0, 3.0), method="bounded").x))
