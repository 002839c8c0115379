"""Heads: where attention goes between a specification and its code, and which heads can be pruned."""
