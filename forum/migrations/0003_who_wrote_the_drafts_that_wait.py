from django.db import migrations


def write_down(apps, schema_editor):
    """Whoever signs a draft that waits has written in it; of others nothing is known."""
    LetterPart = apps.get_model("forum", "LetterPart")
    DraftWriter = apps.get_model("forum", "DraftWriter")
    drafts = LetterPart.objects.filter(sent_at__isnull=True).values_list("pk", "counsellor_id")
    DraftWriter.objects.bulk_create(DraftWriter(part_id=part, user_id=user) for part, user in drafts)


class Migration(migrations.Migration):
    dependencies = [
        ("forum", "0002_writers_of_drafts"),
    ]

    operations = [migrations.RunPython(write_down, migrations.RunPython.noop)]
