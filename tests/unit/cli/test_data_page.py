"""The page of data: what is sealed is restricted, what leads to a person confidential, and nothing is left out."""

import pytest
from sqlalchemy import Boolean, Column, ForeignKey, LargeBinary, MetaData, Table, Text, Uuid

from services.cli import data_page
from shared import protection
from shared.config import SERVICES
from tests.guard.project import module


@pytest.fixture
def tables():
    metadata = MetaData()
    sealed = Table("paper", metadata, Column("id", Uuid, primary_key=True), Column("sealed", LargeBinary))
    flag = Table("office", metadata, Column("id", Uuid, primary_key=True), Column("sealed", Boolean))
    about = Table("visit", metadata, Column("id", Uuid, primary_key=True), Column("child", Uuid), Column("kind", Text))
    leads = Table("photo", metadata, Column("paper", Uuid, ForeignKey("paper.id")))
    return {each.name: each for each in (sealed, flag, about, leads)}


def test_a_table_has_the_class_of_the_most_that_is_in_it(tables):
    classes = {name: data_page.class_of(table) for name, table in tables.items()}
    assert classes == {"paper": 3, "office": 1, "visit": 2, "photo": 2}
    assert data_page.hidden(tables["paper"]) == ["sealed"]
    assert data_page.hidden(tables["office"]) == []


def test_everything_that_the_code_seals_is_restricted_on_the_page():
    listed = {table for service in SERVICES for table in data_page.tables(service)}
    sealed = {spec.table for spec in protection.protected()}
    assert len(sealed) > 25
    assert sealed <= listed
    assert [table.name for table in sealed if data_page.class_of(table) != 3] == []


def test_every_table_of_every_service_is_on_the_page():
    page = data_page.page("")
    for service in SERVICES:
        tables = module(service, "store").metadata.tables
        assert [name for name in tables if f"\n| {name.rpartition('.')[2]} | " not in page] == []
