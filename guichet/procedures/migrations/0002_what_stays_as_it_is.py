"""What was published, signed or sent stays as it is: the database itself refuses to change it.

Spaces may be merged, signatures taken back before sending, and drafts forgotten after it: the
columns for that are left out. That a version in use is not deleted, its foreign keys hold. On SQLite
whoever alters one of these tables makes its triggers anew: the framework copies the table.
"""

from django.db import migrations

# By name: the table, the columns that nobody writes, from when on, and what to say.
GUARDS = {
    "version_is_published": (
        "procedures_publishedversion",
        ("id", "procedure", "number", "digest", "source", "published_at"),
        "",
        "a published version is never changed",
    ),
    "submission_is_sent": (
        "procedures_submission",
        (
            "id",
            "version_id",
            "reference",
            "digest",
            "answers_sealed",
            "language",
            "receipt_id",
            "salt",
            "sent_by_id",
            "sent_at",
        ),
        "",
        "what was sent is never changed",
    ),
    "submission_keeps_its_draft": (
        "procedures_submission",
        ("draft_id",),
        "NEW.draft_id IS NOT NULL",
        "what was sent is never changed",
    ),
    "signature_is_given": (
        "procedures_signature",
        (
            "id",
            "draft_id",
            "signer",
            "digest",
            "asked_by_id",
            "asked_at",
            "reminded_at",
            "signed_at",
            "refused_at",
            "reason",
            "person_id",
            "product",
            "level",
            "session",
        ),
        "OLD.signed_at IS NOT NULL",
        "a signature that was given is never changed",
    ),
    "signature_is_withdrawn": (
        "procedures_signature",
        ("withdrawn_at",),
        "OLD.withdrawn_at IS NOT NULL",
        "a signature that was taken back stays so",
    ),
    "draft_is_sent": (
        "procedures_draft",
        (
            "id",
            "version_id",
            "begun_by_id",
            "begun_at",
            "saved_by_id",
            "saved_at",
            "revision",
            "content_sealed",
            "presented_at",
            "presented_digest",
            "discarded_at",
            "discarded_by_id",
            "sent_at",
        ),
        "OLD.sent_at IS NOT NULL",
        "a draft that was sent is never changed",
    ),
}

FUNCTION = """
    CREATE OR REPLACE FUNCTION procedures_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'restrict_violation'; END $$
"""


def refuse_changes(apps, schema_editor, guards=GUARDS):
    vendor = schema_editor.connection.vendor
    if vendor == "postgresql":
        # Not through `execute` with parameters: the percent sign is the function's own.
        schema_editor.execute(FUNCTION, params=None)
    for name, (table, columns, when, refusal) in guards.items():
        event = f"CREATE TRIGGER procedures_{name} BEFORE UPDATE OF {', '.join(columns)} ON {table}"
        condition = f"WHEN ({when})" if when else ""
        act = {
            "sqlite": f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END",
            "postgresql": f"EXECUTE FUNCTION procedures_refuse('{refusal}')",
        }[vendor]
        schema_editor.execute(f"{event} FOR EACH ROW {condition} {act}", params=None)


def drop_triggers(apps, schema_editor):
    for name, (table, *_rest) in GUARDS.items():
        on = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
        # SQLite forgets those of a table that a later migration has copied.
        schema_editor.execute(f"DROP TRIGGER IF EXISTS procedures_{name}{on}")


def allow_changes(apps, schema_editor):
    drop_triggers(apps, schema_editor)
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION procedures_refuse()")


class Migration(migrations.Migration):
    dependencies = [("procedures", "0001_initial")]

    operations = [
        migrations.RunPython(refuse_changes, allow_changes),
    ]
