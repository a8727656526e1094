from django.db import migrations


def write_down(apps, schema_editor):
    """Whoever signs a draft that waits has written in it; of others nothing is known."""
    LetterPart = apps.get_model("forum", "LetterPart")
    DraftWriter = apps.get_model("forum", "DraftWriter")
    drafts = LetterPart.objects.filter(sent_at__isnull=True).values_list("pk", "counsellor_id")
    writers = (DraftWriter(part_id=part, user_id=user) for part, user in drafts)
    DraftWriter.objects.bulk_create(writers, ignore_conflicts=True)  # also when somebody has gone back in between


class Migration(migrations.Migration):
    dependencies = [
        ("forum", "0002_writers_of_drafts"),
    ]

    operations = [migrations.RunPython(write_down, migrations.RunPython.noop)]
