"""Columns that large tables are given: on SQLite too without making the table anew."""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState
from django.db.models import Field, Model


class AddColumn(migrations.AddField):
    """An `AddField` that takes as long however many rows there are.

    Django makes a table of SQLite anew for a column that has a default, as it cannot take that out of the
    table again: 52 seconds for a million messages. Here it stays in, where nothing goes by it: Django names
    every column of a row that it inserts.
    """

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        if schema_editor.connection.vendor != "sqlite":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
        elif self.allow_migrate_model(schema_editor.connection.alias, model):
            _add(schema_editor, model, model._meta.get_field(self.name))


def _add(schema_editor: BaseDatabaseSchemaEditor, model: type[Model], field: Field) -> None:
    quote = schema_editor.quote_name
    definition, values = schema_editor.column_sql(model, field, include_default=True)
    check = field.db_parameters(schema_editor.connection)["check"]
    schema_editor.execute(
        f"ALTER TABLE {quote(model._meta.db_table)} ADD COLUMN {quote(field.column)} {definition}"
        + (f" CHECK ({check})" if check else ""),
        values or None,
    )
