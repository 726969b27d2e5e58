"""Small changes to the pure rules and the cryptography, and what survives them."""
