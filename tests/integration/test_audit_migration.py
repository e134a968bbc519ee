"""Audit rows from before there was a chain: chained by the migration, on both PostgreSQLs. Not here: the chain."""

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from shared import audit_check, db, technical_tables
from shared.audit_check import Break, Kind
from tests.integration.test_audit_chain import append, row, tamper, verify

OLD = """
    INSERT INTO audit (id, at, actor, roles, action, subject, outcome, request_id, correlation_id, detail)
    SELECT ('00000000-0000-7000-8000-' || lpad(number::text, 12, '0'))::uuid, now(), 'clerk "' || number, '{a,NULL}',
           'Post', NULL, 'done', NULL, gen_random_uuid(), CASE number % 3 WHEN 0 THEN NULL WHEN 1 THEN '{"share": 0.50}'
           ELSE '{"count": 7}'::jsonb END
    FROM generate_series(1, 12) AS number
"""


class TestMigration:
    """Rows from before are chained in the order of their making."""

    def migrated(self, url, monkeypatch, rows=OLD):
        monkeypatch.setattr("shared.technical_tables.v3._BATCH", 5)
        engine = db.make_engine(url)
        with engine.begin() as connection:
            operations = Operations(MigrationContext.configure(connection))
            technical_tables.create_v1(operations)
            technical_tables.create_v2(operations)
            connection.execute(text(rows))
            technical_tables.create_v3(operations)
        return engine

    def test_rows_from_before_are_chained_and_new_ones_go_on_from_them(self, postgresql_url, monkeypatch):
        engine = self.migrated(postgresql_url, monkeypatch)
        assert verify(engine) == audit_check.Verdict(12, None)
        with engine.begin() as connection:
            last = connection.scalar(text("SELECT actor FROM audit WHERE sequence = 12"))
        assert last == 'clerk "12'
        append(engine, row())
        assert verify(engine) == audit_check.Verdict(13, None)
        tamper(engine, "UPDATE audit SET detail = '{\"share\": 0.5}' WHERE sequence = 4")
        assert verify(engine).broken == Break(4, Kind.CHANGED)
        engine.dispose()

    def test_they_cannot_be_changed_from_then_on(self, postgresql_url, monkeypatch):
        engine = self.migrated(postgresql_url, monkeypatch)
        with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
            connection.execute(text("UPDATE audit SET actor = 'x'"))
        engine.dispose()
