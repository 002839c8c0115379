"""Correctness: how passing its tests relates to how code looks and to what the detector says about it."""
