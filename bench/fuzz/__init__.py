"""Inputs that are a little wrong, through every entry point: `python -m bench.fuzz`."""
