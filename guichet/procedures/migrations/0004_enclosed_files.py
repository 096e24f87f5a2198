"""The files of a published version, which the database refuses to change as it does the version."""

import django.db.models.deletion
from django.db import migrations, models

TABLE = "procedures_enclosedfile"
TRIGGER = "procedures_enclosed_file_is_published"
REFUSAL = "a file of a published version is never changed"


def refuse_changes(apps, schema_editor):
    act = {
        "sqlite": f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
        # The function is the one of 0002.
        "postgresql": f"EXECUTE FUNCTION procedures_refuse('{REFUSAL}')",
    }[schema_editor.connection.vendor]
    event = f"CREATE TRIGGER {TRIGGER} BEFORE UPDATE ON {TABLE} FOR EACH ROW"
    schema_editor.execute(f"{event} {act}", params=None)


def allow_changes(apps, schema_editor):
    on = f" ON {TABLE}" if schema_editor.connection.vendor == "postgresql" else ""
    schema_editor.execute(f"DROP TRIGGER {TRIGGER}{on}")


class Migration(migrations.Migration):
    dependencies = [
        ("files", "0002_uploads_and_scans"),
        ("procedures", "0003_who_else_saves"),
    ]

    operations = [
        migrations.CreateModel(
            name="EnclosedFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=66)),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="files.file",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="procedures.publishedversion",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("version", "name"), name="an_enclosed_name_once"
                    )
                ],
            },
        ),
        migrations.RunPython(refuse_changes, allow_changes),
    ]
