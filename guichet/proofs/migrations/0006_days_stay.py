"""A day that was published stays as it is: the database itself refuses.

Its statement and its token are each written once. Leaves are added and stay.
"""

from django.db import migrations

REFUSAL = "what was published is never changed and never taken away"
SETTLED = ("statement", "signature", "key", "closed_at", "token", "stamped_at")
ALWAYS = ("id", "day")
CHANGED = " OR ".join(
    [f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in ALWAYS]
    + [
        f"(OLD.{'token' if name in ('token', 'stamped_at') else 'closed_at'} IS NOT NULL "
        f"AND NEW.{name} IS DISTINCT FROM OLD.{name})"
        for name in SETTLED
    ]
    + ["(OLD.gathered_at IS NOT NULL AND NEW.count <> OLD.count)"]
)
ON_SQLITE = CHANGED.replace("IS DISTINCT FROM", "IS NOT")

STATEMENTS = {
    "sqlite": [
        f"""
        CREATE TRIGGER proofs_day_no_update BEFORE UPDATE ON proofs_day WHEN {ON_SQLITE}
        BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END
        """,
        *(
            f"""
            CREATE TRIGGER proofs_{table}_no_{act.lower()} BEFORE {act} ON proofs_{table}
            BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END
            """
            for table, act in (("day", "DELETE"), ("leaf", "UPDATE"), ("leaf", "DELETE"))
        ),
    ],
    "postgresql": [
        f"""
        CREATE FUNCTION proofs_day_refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$
        """,
        f"""
        CREATE TRIGGER proofs_day_no_update BEFORE UPDATE ON proofs_day FOR EACH ROW
        WHEN ({CHANGED}) EXECUTE FUNCTION proofs_day_refuse()
        """,
        """
        CREATE TRIGGER proofs_day_no_delete BEFORE DELETE ON proofs_day
        FOR EACH ROW EXECUTE FUNCTION proofs_day_refuse()
        """,
        """
        CREATE TRIGGER proofs_leaf_immutable BEFORE UPDATE OR DELETE ON proofs_leaf
        FOR EACH ROW EXECUTE FUNCTION proofs_day_refuse()
        """,
    ],
}
BACK = {
    "sqlite": [
        "DROP TRIGGER proofs_day_no_update",
        "DROP TRIGGER proofs_day_no_delete",
        "DROP TRIGGER proofs_leaf_no_update",
        "DROP TRIGGER proofs_leaf_no_delete",
    ],
    "postgresql": [
        "DROP TRIGGER proofs_day_no_update ON proofs_day",
        "DROP TRIGGER proofs_day_no_delete ON proofs_day",
        "DROP TRIGGER proofs_leaf_immutable ON proofs_leaf",
        "DROP FUNCTION proofs_day_refuse()",
    ],
}


def guard(apps, schema_editor):
    for statement in STATEMENTS[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def let_go(apps, schema_editor):
    for statement in BACK[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("proofs", "0005_days")]

    operations = [migrations.RunPython(guard, let_go)]
