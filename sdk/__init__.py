"""The client: keys, checks and transport for people and scripts."""
