"""What somebody agreed to is never rewritten: the database itself refuses.

An acceptance goes only when the whole record of its person goes, by deletion.
"""

from django.db import migrations

REFUSAL = "what somebody agreed to is never changed"

STATEMENTS = {
    "sqlite": [
        f"""
        CREATE TRIGGER registration_acceptance_no_update
        BEFORE UPDATE ON registration_acceptance
        BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END
        """,
    ],
    "postgresql": [
        f"""
        CREATE FUNCTION registration_acceptance_refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$
        """,
        """
        CREATE TRIGGER registration_acceptance_no_update
        BEFORE UPDATE ON registration_acceptance
        FOR EACH ROW EXECUTE FUNCTION registration_acceptance_refuse()
        """,
    ],
}
BACK = {
    "sqlite": ["DROP TRIGGER registration_acceptance_no_update"],
    "postgresql": [
        "DROP TRIGGER registration_acceptance_no_update ON registration_acceptance",
        "DROP FUNCTION registration_acceptance_refuse()",
    ],
}


def refuse_updates(apps, schema_editor):
    for statement in STATEMENTS[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def allow_updates(apps, schema_editor):
    for statement in BACK[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("registration", "0001_initial")]

    operations = [migrations.RunPython(refuse_updates, allow_updates)]
