"""What people said of the bot's decisions."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

text = sa.Text()


def upgrade() -> None:
    op.create_table(
        "judgement",
        sa.Column("library", text, primary_key=True),
        sa.Column("id", text, primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("about", text, nullable=False),
        sa.Column("question", text, nullable=False),
        sa.Column("sure", sa.Float(), nullable=False),
        sa.Column("right", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("judgement_newest", "judgement", ["library", "about", "at"])
