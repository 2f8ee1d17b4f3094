"""Terms with neighbours may be long; who declines a proposal says why."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0008_review_queue")]
    operations = [
        migrations.AlterField(
            model_name="termchange", name="term", field=models.TextField()
        ),
        migrations.AddField(
            model_name="termchange",
            name="answer",
            field=models.TextField(blank=True, default=""),
            preserve_default=False,
        ),
    ]
