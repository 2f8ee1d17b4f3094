"""The index of words: FTS5 on SQLite, a tsvector on PostgreSQL; see records/search.py."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

SQLITE = "CREATE VIRTUAL TABLE records_search USING fts5(words, tokenize='unicode61')"
POSTGRESQL = (
    "CREATE TABLE records_search (rowid bigint PRIMARY KEY, words tsvector NOT NULL)",
    "CREATE INDEX records_search_words ON records_search USING gin (words)",
)


def create(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    vendor = editor.connection.vendor
    for statement in POSTGRESQL if vendor == "postgresql" else (SQLITE,):
        editor.execute(statement)


def drop(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    editor.execute("DROP TABLE records_search")


class Migration(migrations.Migration):
    dependencies = [("records", "0001_records")]
    operations = [migrations.RunPython(create, drop)]
