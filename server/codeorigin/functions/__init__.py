"""Text -> the functions in it: spans, ignore comments, and the pieces of notebooks and documents."""
