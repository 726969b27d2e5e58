"""The two transparency logs of a council: entries, tree, checkpoints, verification."""
