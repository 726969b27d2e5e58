"""What people do in the rooms."""

from cli.demo.player import Verb

VERBS: dict[str, Verb] = {}
