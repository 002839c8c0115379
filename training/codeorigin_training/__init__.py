"""Trains the models that the server loads. Imports :mod:`codeorigin`, never the other way round."""
