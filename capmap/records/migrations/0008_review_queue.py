"""Whose passage is next, without looking through those of others."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0002_search")]
    operations = [
        migrations.AddField(
            model_name="reviewitem",
            name="claimed_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="reviewitem",
            name="claimed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="reviewitem",
            index=models.Index(
                fields=["round", "reader", "state", "position"],
                name="item_queue_of_a_reader",
            ),
        ),
    ]
