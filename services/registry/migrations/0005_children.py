"""What else may become of the record of a child: death, merge, seal, erasure."""

from alembic import op

revision = "registry_0005"
down_revision = "registry_0004"
phase = "founding"


def upgrade() -> None:
    """Let the states of a record be all of them, and say what a merged one gave way to."""
    op.execute(
        """
        alter table child add column merged_into uuid references child;
        alter table child drop constraint child_status_check;
        alter table child drop constraint child_check;
        alter table child
            add constraint child_status_check
                check (status in ('active', 'deceased', 'withdrawn', 'merged', 'sealed', 'erased')),
            add constraint child_withdrawn_check check (
                case status when 'withdrawn' then withdrawn_because is not null
                            when 'erased' then true
                            else withdrawn_because is null end),
            add constraint child_merged_check check (
                case when status = 'merged' then merged_into is not null
                     when status in ('sealed', 'erased') then true
                     else merged_into is null end),
            add constraint child_own_merge_check check (merged_into <> id);
        create index child_merged_into on child (merged_into) where merged_into is not null;
        alter table child_revision drop constraint child_revision_kind_check;
        alter table child_revision
            add constraint child_revision_kind_check check (kind in ('amendment', 'correction', 'retraction'));
        """
    )
