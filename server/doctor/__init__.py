"""What is wrong with an installation: looked at from outside, nothing is changed or repaired."""
