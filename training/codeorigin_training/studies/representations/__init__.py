"""Representations: what source, syntax tree and control flow say of each other, and of who wrote the code."""
