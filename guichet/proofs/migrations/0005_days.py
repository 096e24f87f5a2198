

import django.db.models.deletion
import guichet.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('proofs', '0004_links_stay'),
    ]

    operations = [
        migrations.CreateModel(
            name='Day',
            fields=[
                ('id', models.UUIDField(default=guichet.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField(unique=True)),
                ('count', models.PositiveIntegerField(default=0)),
                ('gathered_at', models.DateTimeField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('statement', models.TextField(blank=True)),
                ('signature', models.CharField(blank=True, max_length=128)),
                ('key', models.CharField(blank=True, max_length=16)),
                ('token', models.BinaryField(blank=True, null=True)),
                ('stamped_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('key', ''), ('signature', ''), ('statement', '')), models.Q(('closed_at__isnull', False), ('gathered_at__isnull', False), models.Q(('statement', ''), _negated=True), ('signature__regex', '^[0-9a-f]{128}$')), _connector='OR'), name='a_closed_day_is_signed'), models.CheckConstraint(condition=models.Q(models.Q(('stamped_at', None), ('token', None)), models.Q(('closed_at__isnull', False), ('stamped_at__isnull', False), ('token__isnull', False)), _connector='OR'), name='only_a_closed_day_is_stamped')],
            },
        ),
        migrations.CreateModel(
            name='Leaf',
            fields=[
                ('link', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, serialize=False, to='proofs.link')),
                ('position', models.PositiveIntegerField()),
                ('day', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='leaves', to='proofs.day')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('day', 'position'), name='a_place_in_a_tree_holds_one_leaf')],
            },
        ),
        migrations.CreateModel(
            name='Tile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.PositiveSmallIntegerField()),
                ('position', models.PositiveIntegerField()),
                ('hashes', models.BinaryField()),
                ('day', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tiles', to='proofs.day')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('day', 'level', 'position'), name='a_tile_is_kept_once')],
            },
        ),
    ]
