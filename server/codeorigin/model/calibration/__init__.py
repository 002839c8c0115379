"""Raw logits -> probabilities, bands and promises."""
