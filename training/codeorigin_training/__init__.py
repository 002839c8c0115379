"""Trains the models that the server reads. Imports :mod:`codeorigin`; never the other way round."""
