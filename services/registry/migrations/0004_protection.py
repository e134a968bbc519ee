"""Data keys of subjects, and sealed columns in place of what was readable.

What was kept readable before cannot be sealed here, since a migration has no keys: a database that has children
already stays as it is, and says what to do.
"""

from alembic import op
from sqlalchemy import text

from shared.errors import ConfigurationError

revision = "registry_0004"
down_revision = "registry_0003"
phase = "founding"


def upgrade() -> None:
    """Seal children, their revisions and the index of their identifiers. Raises ConfigurationError."""
    if op.get_bind().scalar(text("select exists (select from child)")):
        raise ConfigurationError(
            "registry's database holds children who were kept readable",
            field="registry",
            remedy="make a new database and import the registers again; this one keeps them readable",
        )
    op.execute(
        """
        create table subject_key (
            subject uuid primary key,
            version integer not null check (version > 0),
            kek integer not null check (kek > 0),
            wrapped bytea not null
        );
        create index subject_key_kek on subject_key (kek);
        drop table identifier;
        create table identifier (
            digest bytea primary key check (length(digest) = 16),
            any_issuer bytea not null check (length(any_issuer) = 16),
            index_version integer not null,
            child uuid not null references child
        );
        create index identifier_any_issuer on identifier (any_issuer);
        create index identifier_child on identifier (child);
        drop index child_area;
        alter table child drop column area, drop column identity, drop column identifiers,
            add column area text not null,
            add column born_month date,
            add column sealed bytea;
        create index child_area on child (area, id);
        create index child_born_month on child (born_month);
        alter table child_revision drop column before, add column sealed bytea;
        """
    )
