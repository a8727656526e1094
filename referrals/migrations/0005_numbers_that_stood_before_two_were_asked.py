"""Crisis help that is shown today stays as it is: its numbers are the old ones that the next change is held against."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone


def keep_what_stands(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    Service = apps.get_model("referrals", "Service")
    AgreedNumbers = apps.get_model("referrals", "AgreedNumbers")
    for service in Service.objects.filter(is_crisis=True, is_published=True):
        numbers = service.channels.filter(kind__in=["phone", "sms"]).order_by("position", "kind", "value")
        AgreedNumbers.objects.create(
            service=service,
            numbers=[list(number) for number in numbers.values_list("kind", "value")],
            agreed_at=timezone.now(),
        )


class Migration(migrations.Migration):
    dependencies = [("referrals", "0004_checks_numbers_and_links")]

    operations = [migrations.RunPython(keep_what_stands, migrations.RunPython.noop)]
