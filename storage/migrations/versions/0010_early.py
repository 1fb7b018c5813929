"""Edits and deletions that overtake: when a text was last changed, which message came in, and what came before its message."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

text = sa.Text()
moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("question", sa.Column("edited_at", moment))
    op.add_column("answer", sa.Column("edited_at", moment))
    op.add_column("inbox", sa.Column("said", text))
    there = sa.text("said IS NOT NULL")
    op.create_index("inbox_said", "inbox", ["library", "said"], sqlite_where=there, postgresql_where=there)
    op.create_table(
        "early",
        sa.Column("library", text, primary_key=True),
        sa.Column("id", text, primary_key=True),
        sa.Column("message", text, nullable=False),
        sa.Column("payload", text, nullable=False),
        sa.Column("created_at", moment, nullable=False),
    )
    op.create_index("early_message", "early", ["library", "message"])
    op.create_index("early_old", "early", ["library", "created_at"])
