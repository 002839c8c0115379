"""Raw logits -> probabilities, shares and bands."""
