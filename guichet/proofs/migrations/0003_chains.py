

import django.db.models.deletion
import guichet.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('proofs', '0002_immutable'),
    ]

    operations = [
        migrations.CreateModel(
            name='Chain',
            fields=[
                ('id', models.UUIDField(default=guichet.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.UUIDField(blank=True, null=True, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name='Link',
            fields=[
                ('id', models.UUIDField(default=guichet.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField()),
                ('kind', models.CharField(max_length=40)),
                ('at', models.DateTimeField()),
                ('facts', models.TextField(blank=True)),
                ('salt', models.CharField(blank=True, max_length=32)),
                ('facts_digest', models.CharField(max_length=64)),
                ('before', models.CharField(max_length=64)),
                ('digest', models.CharField(max_length=64)),
                ('chain', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='links', to='proofs.chain')),
            ],
            options={
                'indexes': [models.Index(fields=['at', 'id'], name='link_by_time')],
                'constraints': [models.UniqueConstraint(fields=('chain', 'number'), name='a_chain_has_one_link_in_each_place'), models.CheckConstraint(condition=models.Q(('digest__regex', '^[0-9a-f]{64}$'), ('before__regex', '^[0-9a-f]{64}$'), ('facts_digest__regex', '^[0-9a-f]{64}$')), name='a_link_holds_digests'), models.CheckConstraint(condition=models.Q(('kind__regex', '^[a-z]+(-[a-z]+)*$')), name='a_link_has_a_kind'), models.CheckConstraint(condition=models.Q(models.Q(('facts', ''), ('salt', '')), models.Q(models.Q(('salt', ''), _negated=True), models.Q(('facts', ''), _negated=True)), _connector='OR'), name='salt_and_facts_go_together')],
            },
        ),
    ]
