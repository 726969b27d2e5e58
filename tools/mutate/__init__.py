"""The mutation gate: every check is switched off in turn, and some test must notice."""
