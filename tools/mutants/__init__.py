"""Random changes to the pure models and the cryptography, and what survives them."""
