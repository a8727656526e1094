"""Empties the database between tests that commit, the log of decisions with it.

The log's triggers refuse that, and production has no way around them. So the tests take the triggers off for the
length of a flush, in its own transaction, and put them back by the migration's own words.
"""

from collections.abc import Iterator
from importlib import import_module

import pytest
from django.db import connections, transaction
from django.db.backends.base.operations import BaseDatabaseOperations


@pytest.fixture(scope="session", autouse=True)
def the_log_can_be_emptied_between_tests() -> Iterator[None]:
    triggers = import_module("moderation.migrations.0002_log_is_only_added_to")
    flush = BaseDatabaseOperations.execute_sql_flush

    def flush_without_triggers(self: BaseDatabaseOperations, sql_list: list[str]) -> None:
        vendor, alias = self.connection.vendor, self.connection.alias
        with transaction.atomic(using=alias, savepoint=self.connection.features.can_rollback_ddl):
            with connections[alias].cursor() as cursor:
                for statement in triggers.REMOVE[vendor]:
                    cursor.execute(statement)
            flush(self, sql_list)
            with connections[alias].cursor() as cursor:
                for statement in triggers.ADD[vendor]:
                    cursor.execute(statement)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", flush_without_triggers)
        yield
