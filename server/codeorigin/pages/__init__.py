"""What every HTML page of CodeOrigin is made of: the frame, the style, and parts such as tiles, bars and code."""
