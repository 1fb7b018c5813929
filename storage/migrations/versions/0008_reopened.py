"""A channel that its platform closed remembers how it was served."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("binding", sa.Column("resumes", sa.Text(), nullable=False, server_default=""))
