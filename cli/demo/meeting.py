"""What people do in the rooms."""

VERBS = {}
