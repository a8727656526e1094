from itertools import combinations

from django.db import migrations, models

EVERY_DAY = "1234567"
SOME_DAYS = ["".join(days) for number in range(1, 8) for days in combinations(EVERY_DAY, number)]


def leave_out_other_days(apps, schema_editor):
    """What no form has let in and the database did not refuse; whoever reads on no day at all reads every day."""
    Letterbox = apps.get_model("forum", "Letterbox")
    for box in Letterbox.objects.exclude(reading_days__in=SOME_DAYS):
        box.reading_days = "".join(day for day in EVERY_DAY if day in box.reading_days) or EVERY_DAY
        box.save(update_fields=["reading_days"])


class Migration(migrations.Migration):
    dependencies = [
        ("forum", "0006_letterboxes_point_to_services"),
    ]

    operations = [
        migrations.RunPython(leave_out_other_days, migrations.RunPython.noop),
        migrations.RemoveConstraint(model_name="letterbox", name="a_letterbox_is_read_on_some_day"),
        migrations.AddConstraint(
            model_name="letterbox",
            constraint=models.CheckConstraint(
                condition=models.Q(("reading_days__in", SOME_DAYS)), name="a_letterbox_is_read_on_days_of_the_week"
            ),
        ),
    ]
