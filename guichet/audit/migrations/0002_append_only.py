"""Entries are added, never changed, never taken away: the database itself refuses.

Row triggers, on SQLite and on PostgreSQL. Emptying a whole table is not a row's business: it is
a right of the table's owner, which the portal's role does not have in production.
"""

from django.db import migrations

REFUSAL = "audit entries are never changed and never taken away"

SQLITE = [
    f"""
    CREATE TRIGGER audit_entry_no_{name} BEFORE {act} ON audit_entry
    BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END
    """
    for name, act in (("update", "UPDATE"), ("delete", "DELETE"))
]
SQLITE_BACK = [
    "DROP TRIGGER audit_entry_no_update",
    "DROP TRIGGER audit_entry_no_delete",
]
POSTGRESQL = [
    f"""
    CREATE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$
    """,
    """
    CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_refuse()
    """,
]
POSTGRESQL_BACK = [
    "DROP TRIGGER audit_entry_append_only ON audit_entry",
    "DROP FUNCTION audit_entry_refuse()",
]


class VendorSQL(migrations.RunSQL):
    """Statements that run on one kind of database only."""

    def __init__(self, vendor, sql, reverse_sql):
        super().__init__(sql, reverse_sql)
        self.vendor = vendor

    def deconstruct(self):
        return (
            type(self).__qualname__,
            [],
            {"vendor": self.vendor, "sql": self.sql, "reverse_sql": self.reverse_sql},
        )

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor == self.vendor:
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor == self.vendor:
            super().database_backwards(app_label, schema_editor, from_state, to_state)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        VendorSQL("sqlite", SQLITE, SQLITE_BACK),
        VendorSQL("postgresql", POSTGRESQL, POSTGRESQL_BACK),
    ]
