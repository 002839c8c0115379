"""What was tried: one file a trial, and the page that is made of them."""
