"""Files of a question, brought to those who are asked elsewhere."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("question", sa.Column("files", sa.Text(), nullable=False, server_default="[]"))
