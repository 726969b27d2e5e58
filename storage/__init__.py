"""Plumbing under the stores: PostgreSQL, its connections, its migrations, its statements."""
