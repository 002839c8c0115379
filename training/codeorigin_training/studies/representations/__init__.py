"""Representations: what source, syntax tree and control flow say about each other and about who wrote the code."""
