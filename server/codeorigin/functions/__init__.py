"""Text -> the functions in it: spans, ignore comments, and the cells of notebooks."""
