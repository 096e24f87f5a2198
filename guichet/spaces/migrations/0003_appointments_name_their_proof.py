from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("spaces", "0002_members_mergers_certification")]

    operations = [
        migrations.AddField(
            model_name="appointment",
            name="asked_by",
            field=models.CharField(default="-", max_length=200),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="appointment",
            name="proof",
            field=models.CharField(
                choices=[
                    ("death-certificate", "Death certificate"),
                    ("court-decision", "Decision of a court"),
                    ("business-register", "Extract of the register of companies"),
                    ("other", "Something else"),
                ],
                default="court-decision",
                max_length=20,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="appointment",
            name="proof_words",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=~models.Q(proof="other", proof_words=""), name="another_proof_is_named"
            ),
        ),
    ]
