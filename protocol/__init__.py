"""What crosses the wire, and what both sides must judge alike (protocol shk1)."""
