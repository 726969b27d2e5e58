"""The transparency log: leaves, trees, notes, exports and their verification."""
