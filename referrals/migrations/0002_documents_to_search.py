from django.db import migrations, models

MAKE = {
    "sqlite": 'CREATE VIRTUAL TABLE referrals_document_words USING fts5(stems, tokenize = "unicode61 remove_diacritics 0")',
    "postgresql": (
        "CREATE INDEX referrals_document_danish ON referrals_document "
        "USING gin (to_tsvector('danish', title || ' ' || body || ' ' || place))"
    ),
}
TAKE_BACK = {
    "sqlite": "DROP TABLE referrals_document_words",
    "postgresql": "DROP INDEX referrals_document_danish",
}


# ANALYZE would keep the commonest words of all documents, also of those that are dropped later.
NO_SAMPLES = "ALTER INDEX referrals_document_danish ALTER COLUMN 1 SET STATISTICS 0"


def make_index(apps, schema_editor):
    schema_editor.execute(MAKE[schema_editor.connection.vendor])
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(NO_SAMPLES)


def take_index_back(apps, schema_editor):
    schema_editor.execute(TAKE_BACK[schema_editor.connection.vendor])


class Migration(migrations.Migration):
    dependencies = [("referrals", "0001_directory")]

    operations = [
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=12)),
                ("key", models.CharField(max_length=40)),
                ("group", models.CharField(blank=True, max_length=40)),
                ("title", models.CharField(max_length=160)),
                ("body", models.TextField(blank=True)),
                ("warning", models.CharField(blank=True, max_length=80)),
                ("url", models.CharField(max_length=200)),
                ("place", models.CharField(blank=True, max_length=80)),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["kind", "group"], name="documents_of_one_thread")],
                "constraints": [models.UniqueConstraint(fields=("kind", "key"), name="each_document_once")],
            },
        ),
        migrations.RunPython(make_index, take_index_back),
    ]
