"""The shell: the only package that knows the web."""
