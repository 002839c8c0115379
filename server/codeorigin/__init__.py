"""CodeOrigin: how likely each function was written by an LLM, and which lines say so."""

__version__ = "0.1.0"
