"""Correctness: what passing its tests has to do with how code looks, and with what the detector says of it."""
