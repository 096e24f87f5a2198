"""Links of a chain are added and stay as they are: the database itself refuses.

One change is let through: the salt and the facts of a link go, together and for good.
"""

from django.db import migrations

REFUSAL = "links are never changed and never taken away"
KEPT = ("id", "chain_id", "number", "kind", "at", "facts_digest", "before", "digest")
ERASED = "NEW.salt = '' AND NEW.facts = ''"

STATEMENTS = {
    "sqlite": [
        f"""
        CREATE TRIGGER proofs_link_no_update BEFORE UPDATE ON proofs_link
        WHEN NOT ({ERASED} AND {" AND ".join(f"NEW.{name} IS OLD.{name}" for name in KEPT)})
        BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END
        """,
        f"""
        CREATE TRIGGER proofs_link_no_delete BEFORE DELETE ON proofs_link
        BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END
        """,
    ],
    "postgresql": [
        f"""
        CREATE FUNCTION proofs_link_refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$
        """,
        f"""
        CREATE TRIGGER proofs_link_no_update BEFORE UPDATE ON proofs_link FOR EACH ROW
        WHEN (NOT ({ERASED} AND ({", ".join(f"NEW.{name}" for name in KEPT)})
            IS NOT DISTINCT FROM ({", ".join(f"OLD.{name}" for name in KEPT)})))
        EXECUTE FUNCTION proofs_link_refuse()
        """,
        """
        CREATE TRIGGER proofs_link_no_delete BEFORE DELETE ON proofs_link
        FOR EACH ROW EXECUTE FUNCTION proofs_link_refuse()
        """,
    ],
}
BACK = {
    "sqlite": ["DROP TRIGGER proofs_link_no_update", "DROP TRIGGER proofs_link_no_delete"],
    "postgresql": [
        "DROP TRIGGER proofs_link_no_update ON proofs_link",
        "DROP TRIGGER proofs_link_no_delete ON proofs_link",
        "DROP FUNCTION proofs_link_refuse()",
    ],
}


def guard(apps, schema_editor):
    for statement in STATEMENTS[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def let_go(apps, schema_editor):
    for statement in BACK[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("proofs", "0003_chains")]

    operations = [migrations.RunPython(guard, let_go)]
