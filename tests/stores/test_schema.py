"""The readable schema is the one the migrations make."""

from tools import schema


def test_the_schema_file_is_where_the_migrations_lead(database: str) -> None:
    """`make schema` was run after the last migration was written."""
    assert schema.dump(database) == schema.FILE.read_text(encoding="utf-8")
