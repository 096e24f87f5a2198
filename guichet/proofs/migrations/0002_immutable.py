"""Receipts are added, never changed, never taken away: the database itself refuses.

Nothing personal stands in them, so that nothing has to be taken away. Row triggers, as for the entries
of the audit register; emptying a whole table is a right of its owner.
"""

from django.db import migrations

REFUSAL = "receipts are never changed and never taken away"

STATEMENTS = {
    "sqlite": [
        f"""
        CREATE TRIGGER proofs_receipt_no_{name} BEFORE {act} ON proofs_receipt
        BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END
        """
        for name, act in (("update", "UPDATE"), ("delete", "DELETE"))
    ],
    "postgresql": [
        f"""
        CREATE FUNCTION proofs_receipt_refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$
        """,
        """
        CREATE TRIGGER proofs_receipt_immutable BEFORE UPDATE OR DELETE ON proofs_receipt
        FOR EACH ROW EXECUTE FUNCTION proofs_receipt_refuse()
        """,
    ],
}
BACK = {
    "sqlite": [
        "DROP TRIGGER proofs_receipt_no_update",
        "DROP TRIGGER proofs_receipt_no_delete",
    ],
    "postgresql": [
        "DROP TRIGGER proofs_receipt_immutable ON proofs_receipt",
        "DROP FUNCTION proofs_receipt_refuse()",
    ],
}


def guard(apps, schema_editor):
    for statement in STATEMENTS[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def let_go(apps, schema_editor):
    for statement in BACK[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("proofs", "0001_initial")]

    operations = [migrations.RunPython(guard, let_go)]
