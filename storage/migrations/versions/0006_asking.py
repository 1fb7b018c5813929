"""Questions asked within a thread: which message asked, beside the one that the thread stands under."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("question", sa.Column("asking", sa.Text(), nullable=False, server_default=""))
    op.create_index("question_asking", "question", ["library", "door", "channel", "asking"])
