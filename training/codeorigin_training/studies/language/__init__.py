"""Language identification: which of the supported languages a text is in, if any."""
