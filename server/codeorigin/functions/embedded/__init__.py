"""Code blocks in Markdown and reStructuredText documents, as regions with their positions in the document."""
