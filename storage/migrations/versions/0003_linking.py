"""Codes that join one person's accounts, and members who turned out to be another."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

text = sa.Text()
moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "linking",
        sa.Column("library", text, primary_key=True),
        sa.Column("id", text, primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("door", text, nullable=False),
        sa.Column("user", text, nullable=False),
        sa.Column("code", text, nullable=False),
        sa.Column("until", moment),
        sa.Column("taken_door", text, nullable=False),
        sa.Column("taken_user", text, nullable=False),
        sa.Column("wrong", text, nullable=False),
    )
    op.create_index("linking_code", "linking", ["library", "code"])
    op.add_column("member", sa.Column("merged_into", text))
    op.create_index("member_merged", "member", ["library", "merged_into"])
    op.create_index("answer_author", "answer", ["library", "author"])
