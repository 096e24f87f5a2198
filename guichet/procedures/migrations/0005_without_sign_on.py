"""Visitors: somebody without sign-on, whose drafts and submissions belong to no space."""

from importlib import import_module

import django.db.models.deletion
import guichet.clock
import guichet.ids
from django.db import migrations, models

stays = import_module("guichet.procedures.migrations.0002_what_stays_as_it_is")
# Whose something is, a merger may change; that it is a visitor's, nobody.
GUARDS = {
    name: (table, (*columns, "visitor_id"), when, refusal)
    if name in ("submission_is_sent", "draft_is_sent")
    else (table, columns, when, refusal)
    for name, (table, columns, when, refusal) in stays.GUARDS.items()
}


def refuse_changes(apps, schema_editor):
    stays.refuse_changes(apps, schema_editor, GUARDS)


class Migration(migrations.Migration):

    dependencies = [
        ('files', '0002_uploads_and_scans'),
        ('persons', '0003_account'),
        ('procedures', '0004_enclosed_files'),
        ('proofs', '0002_immutable'),
        ('registration', '0002_acceptances_are_never_changed'),
        ('spaces', '0003_where_a_draft_leads_back'),
    ]

    operations = [
        # SQLite copies the tables and forgets their triggers.
        migrations.RunPython(stays.drop_triggers, stays.refuse_changes),
        migrations.CreateModel(
            name='Visitor',
            fields=[
                ('id', models.UUIDField(default=guichet.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('address_sealed', models.BinaryField()),
                ('address_index', models.CharField(max_length=64, unique=True)),
                ('language', models.CharField(max_length=8)),
                ('met_at', models.DateTimeField(default=guichet.clock.now)),
            ],
        ),
        migrations.AlterField(
            model_name='attachment',
            name='attached_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='persons.person'),
        ),
        migrations.AlterField(
            model_name='attachment',
            name='space',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='spaces.space'),
        ),
        migrations.AlterField(
            model_name='draft',
            name='begun_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='persons.person'),
        ),
        migrations.AlterField(
            model_name='draft',
            name='saved_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='persons.person'),
        ),
        migrations.AlterField(
            model_name='draft',
            name='space',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='drafts', to='spaces.space'),
        ),
        migrations.AlterField(
            model_name='sending',
            name='person',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='persons.person'),
        ),
        migrations.AlterField(
            model_name='submission',
            name='sent_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='persons.person'),
        ),
        migrations.AlterField(
            model_name='submission',
            name='space',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='submissions', to='spaces.space'),
        ),
        migrations.CreateModel(
            name='Visit',
            fields=[
                ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('procedure', models.CharField(blank=True, max_length=40)),
                ('reference', models.CharField(blank=True, max_length=14)),
                ('language', models.CharField(max_length=8)),
                ('asked_at', models.DateTimeField(default=guichet.clock.now)),
                ('code_index', models.CharField(max_length=64)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('proved_at', models.DateTimeField(blank=True, null=True)),
                ('key_hash', models.CharField(blank=True, max_length=64)),
                ('seen_at', models.DateTimeField(blank=True, null=True)),
                ('idle_until', models.DateTimeField(blank=True, null=True)),
                ('hard_until', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('kept_path', models.CharField(blank=True, max_length=400)),
                ('kept_sealed', models.BinaryField(default=bytes)),
                ('terms', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registration.version')),
                ('visitor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='visits', to='procedures.visitor')),
            ],
        ),
        migrations.AddField(
            model_name='attachment',
            name='visitor',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='procedures.visitor'),
        ),
        migrations.AddField(
            model_name='draft',
            name='visitor',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='drafts', to='procedures.visitor'),
        ),
        migrations.AddField(
            model_name='submission',
            name='visitor',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='submissions', to='procedures.visitor'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('space__isnull', False), ('visitor', None)), models.Q(('space', None), ('visitor__isnull', False)), _connector='OR'), name='attachment_is_of_a_space_or_of_a_visitor'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(('space', None), ('attached_by__isnull', False), _connector='OR'), name='a_paper_of_a_space_says_whose_hand_it_came_from'),
        ),
        migrations.AddConstraint(
            model_name='draft',
            constraint=models.UniqueConstraint(fields=('visitor', 'key'), name='one_draft_per_beginning_of_a_visitor'),
        ),
        migrations.AddConstraint(
            model_name='draft',
            constraint=models.UniqueConstraint(condition=models.Q(('discarded_at', None), ('sent_at', None)), fields=('visitor',), name='one_open_draft_per_visitor'),
        ),
        migrations.AddConstraint(
            model_name='draft',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('space__isnull', False), ('visitor', None)), models.Q(('space', None), ('visitor__isnull', False)), _connector='OR'), name='draft_is_of_a_space_or_of_a_visitor'),
        ),
        migrations.AddConstraint(
            model_name='draft',
            constraint=models.CheckConstraint(condition=models.Q(('space', None), models.Q(('begun_by__isnull', False), ('saved_by__isnull', False)), _connector='OR'), name='a_draft_of_a_space_says_who_wrote_it'),
        ),
        migrations.AddConstraint(
            model_name='submission',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('space__isnull', False), ('visitor', None)), models.Q(('space', None), ('visitor__isnull', False)), _connector='OR'), name='submission_is_of_a_space_or_of_a_visitor'),
        ),
        migrations.AddConstraint(
            model_name='submission',
            constraint=models.CheckConstraint(condition=models.Q(('space', None), ('sent_by__isnull', False), _connector='OR'), name='what_a_space_sent_says_who_sent_it'),
        ),
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(fields=['asked_at'], name='procedure_visit_by_age'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.UniqueConstraint(condition=models.Q(('key_hash', ''), _negated=True), fields=('key_hash',), name='one_visit_per_key'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('hard_until', None), ('idle_until', None), ('key_hash', ''), ('proved_at', None)), models.Q(('hard_until__isnull', False), ('idle_until__isnull', False), ('proved_at__isnull', False), models.Q(('key_hash', ''), _negated=True)), _connector='OR'), name='a_visit_has_a_key_once_it_is_proved'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(('tries__lte', 5)), name='a_visit_has_five_tries_at_most'),
        ),
        migrations.RunPython(refuse_changes, stays.drop_triggers),
    ]
