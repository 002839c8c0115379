"""What the model reads of code: normalised text, its words and its comments."""
