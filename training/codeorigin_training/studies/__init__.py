"""Studies: each is a question, a command that answers it, and a part of the product."""
