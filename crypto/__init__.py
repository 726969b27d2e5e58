"""Primitives of `shk1`, one suite only (protocol, section 5.1); nothing here knows a message."""
