"""Photos and files of a meeting's session."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("session", sa.Column("files", sa.Text(), nullable=False, server_default="[]"))
