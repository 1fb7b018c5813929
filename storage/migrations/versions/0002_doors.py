"""What doors remember, when they sent, and messages that are some of very many."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

text = sa.Text()
moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "remembered",
        sa.Column("library", text, primary_key=True),
        sa.Column("door", text, primary_key=True),
        sa.Column("key", text, primary_key=True),
        sa.Column("value", text, nullable=False),
        sa.Column("until", moment),
    )
    op.create_index("remembered_until", "remembered", ["library", "until"])
    op.create_table(
        "pace",
        sa.Column("library", text, primary_key=True),
        sa.Column("key", text, primary_key=True),
        sa.Column("times", text, nullable=False),
        sa.Column("until", sa.Float(), nullable=False),
    )
    op.add_column("outbox", sa.Column("bulk", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("posting_subject", "posting", ["library", "subject"])
    condition = sa.text("sent_at IS NULL AND parked_at IS NULL AND bulk")
    op.create_index("outbox_bulk", "outbox", ["library", "seq"], sqlite_where=condition, postgresql_where=condition)
