"""The log of decisions refuses every change of a line: from the application, and from whoever has the database's shell.

A later migration that remakes the table on SQLite (any AlterField) loses the triggers and has to make them again;
tests/moderation/test_decisions.py notices it.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

# REPLACE deletes the line it takes the place of without firing a trigger of DELETE: such an INSERT is refused itself.
ADD = {
    "sqlite": [
        """CREATE TRIGGER decision_is_not_changed BEFORE UPDATE ON moderation_decision
            BEGIN SELECT RAISE(ABORT, 'The log of decisions is only added to.'); END""",
        """CREATE TRIGGER decision_is_not_deleted BEFORE DELETE ON moderation_decision
            BEGIN SELECT RAISE(ABORT, 'The log of decisions is only added to.'); END""",
        """CREATE TRIGGER decision_is_not_replaced BEFORE INSERT ON moderation_decision
            WHEN EXISTS (SELECT 1 FROM moderation_decision WHERE id = NEW.id)
            BEGIN SELECT RAISE(ABORT, 'The log of decisions is only added to.'); END""",
    ],
    "postgresql": [
        """CREATE FUNCTION refuse_to_change_a_decision() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'The log of decisions is only added to.' USING ERRCODE = 'restrict_violation'; END $$""",
        """CREATE TRIGGER decision_is_not_changed BEFORE UPDATE OR DELETE ON moderation_decision
            FOR EACH ROW EXECUTE FUNCTION refuse_to_change_a_decision()""",
        """CREATE TRIGGER decision_is_not_emptied BEFORE TRUNCATE ON moderation_decision
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_a_decision()""",
    ],
}
REMOVE = {
    "sqlite": [
        "DROP TRIGGER IF EXISTS decision_is_not_changed",
        "DROP TRIGGER IF EXISTS decision_is_not_deleted",
        "DROP TRIGGER IF EXISTS decision_is_not_replaced",
    ],
    "postgresql": [
        "DROP TRIGGER IF EXISTS decision_is_not_changed ON moderation_decision",
        "DROP TRIGGER IF EXISTS decision_is_not_emptied ON moderation_decision",
        "DROP FUNCTION IF EXISTS refuse_to_change_a_decision()",
    ],
}


def add(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in ADD[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def remove(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in REMOVE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("moderation", "0001_desk_of_all_places")]

    operations = [migrations.RunPython(add, remove)]
