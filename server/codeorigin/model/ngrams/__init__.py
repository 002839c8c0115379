"""Hashed n-grams of a function's words, shapes, characters and comments."""
