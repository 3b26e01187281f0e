from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0029_files_given"),
    ]

    operations = [
        migrations.AddField(
            model_name="usageday",
            name="own_tokens",
            field=models.PositiveBigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="usageday",
            name="own_cost",
            field=models.DecimalField(decimal_places=8, default=0, max_digits=20),
        ),
    ]
