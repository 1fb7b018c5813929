"""Digests: who gets one, when, and up to when it was told."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

text = sa.Text()
moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "digest",
        sa.Column("library", text, primary_key=True),
        sa.Column("id", text, primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", text, nullable=False),
        sa.Column("who", text, nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("zone", text, nullable=False),
        sa.Column("language", text),
        sa.Column("off", sa.Boolean(), nullable=False),
        sa.Column("since", moment, nullable=False),
        sa.Column("next_at", moment),
        sa.Column("handled", moment, nullable=False),
        sa.Column("until", moment),
        sa.Column("quiet", sa.Boolean(), nullable=False),
        sa.Column("sent", text, nullable=False),
    )
    op.create_index("digest_next", "digest", ["library", "next_at"])
    soon = sa.text("sent_at IS NULL AND parked_at IS NULL AND NOT bulk")
    op.create_index("outbox_soon", "outbox", ["library", "seq"], sqlite_where=soon, postgresql_where=soon)
