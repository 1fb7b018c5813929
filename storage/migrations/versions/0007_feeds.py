"""Members' private calendars of their communities' meetings."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

text = sa.Text()


def upgrade() -> None:
    op.create_table(
        "feed",
        sa.Column("library", text, primary_key=True),
        sa.Column("id", text, primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        *(sa.Column(name, text, nullable=False) for name in ("member", "community", "secret", "key")),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("feed_key", "feed", ["library", "key"], unique=True)
