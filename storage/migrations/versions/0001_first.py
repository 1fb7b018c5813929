"""The first schema."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

text = sa.Text()
moment = sa.DateTime(timezone=True)
sequence = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def where(condition: str) -> dict[str, Any]:
    """A partial index, on both engines."""
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    _communities()
    _members()
    _places()
    _questions()
    _knowledge()
    _queues()
    _search()


def _communities() -> None:
    op.create_table(
        "community",
        sa.Column("library", text, primary_key=True),
        sa.Column("id", text, primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("key", text, nullable=False),
        sa.Column("name_id", text, nullable=False),
        sa.Column("name_en", text, nullable=False),
        sa.Column("description_id", text, nullable=False),
        sa.Column("description_en", text, nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
    )
    op.create_index("community_key", "community", ["library", "key"], unique=True)
    op.create_table(
        "example",
        sa.Column("library", text, primary_key=True),
        sa.Column("id", text, primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("community", text, nullable=False),
        sa.Column("text", text, nullable=False),
        sa.Column("language", text, nullable=False),
        sa.Column("source", text, nullable=False),
        sa.Column("question", text),
    )
    op.create_index("example_community", "example", ["library", "community"])
    op.create_index("example_question", "example", ["library", "question"])


def _members() -> None:
    op.create_table(
        "member",
        sa.Column("library", text, primary_key=True),
        sa.Column("id", text, primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", text, nullable=False),
        sa.Column("name_folded", text, nullable=False),
        sa.Column("accounts", text, nullable=False),
        sa.Column("language", text),
        sa.Column("role", text, nullable=False),
        sa.Column("away_until", moment),
        sa.Column("cap", sa.Integer(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
    )
    op.create_index("member_name", "member", ["library", "name_folded"])
    op.create_index("member_role", "member", ["library", "role"])
    op.create_table(
        "membership",
        sa.Column("library", text, primary_key=True),
        sa.Column("id", text, primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("member", text, nullable=False),
        sa.Column("community", text, nullable=False),
        sa.Column("role", text, nullable=False),
        sa.Column("knows", text, nullable=False),
        sa.Column("may_ask", sa.Boolean(), nullable=False),
        sa.Column("joined_at", moment, nullable=False),
        sa.Column("left_at", moment),
    )
    op.create_index("membership_community", "membership", ["library", "community"])
    op.create_index("membership_pair", "membership", ["library", "member", "community"], unique=True)
    op.create_table(
        "account",
        sa.Column("library", text, primary_key=True),
        sa.Column("door", text, primary_key=True),
        sa.Column("user", text, primary_key=True),
        sa.Column("member", text, nullable=False),
        sa.ForeignKeyConstraint(["library", "member"], ["member.library", "member.id"], name="account_of"),
    )
    op.create_index("account_member", "account", ["library", "member"])


def _places() -> None:
    op.create_table(
        "binding",
        sa.Column("library", text, primary_key=True),
        sa.Column("id", text, primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("door", text, nullable=False),
        sa.Column("channel", text, nullable=False),
        sa.Column("name", text, nullable=False),
        sa.Column("community", text),
        sa.Column("mode", text, nullable=False),
    )
    op.create_index("binding_channel", "binding", ["library", "door", "channel"], unique=True)
    op.create_index("binding_community", "binding", ["library", "community"])
    op.create_table(
        "posting",
        sa.Column("library", text, primary_key=True),
        sa.Column("card", text, primary_key=True),
        sa.Column("subject", text, nullable=False),
        sa.Column("door", text, nullable=False),
        sa.Column("channel", text, nullable=False),
        sa.Column("message", text, nullable=False),
    )
    op.create_index("posting_at", "posting", ["library", "door", "channel", "message"])


def _questions() -> None:
    op.create_table(
        "answer",
        sa.Column("library", text, primary_key=True),
        sa.Column("id", text, primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("question", text, nullable=False),
        sa.Column("author", text, nullable=False),
        sa.Column("text", text, nullable=False),
        sa.Column("language", text, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("door", text, nullable=False),
        sa.Column("channel", text, nullable=False),
        sa.Column("message", text, nullable=False),
        sa.Column("files", text, nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("withheld", sa.Boolean(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
    )
    op.create_index("answer_accepted", "answer", ["library", "accepted", "at"])
    op.create_index("answer_question", "answer", ["library", "question", "at"])
    op.create_index("answer_source", "answer", ["library", "door", "channel", "message"])
    op.create_table(
        "ask",
        sa.Column("library", text, primary_key=True),
        sa.Column("id", text, primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("question", text, nullable=False),
        sa.Column("member", text, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("why", text, nullable=False),
        sa.Column("state", text, nullable=False),
    )
    op.create_index("ask_member", "ask", ["library", "member", "at"])
    op.create_index("ask_question", "ask", ["library", "question"])
    op.create_table(
        "question",
        sa.Column("library", text, primary_key=True),
        sa.Column("id", text, primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("asker", text, nullable=False),
        sa.Column("text", text, nullable=False),
        sa.Column("language", text, nullable=False),
        sa.Column("door", text, nullable=False),
        sa.Column("channel", text, nullable=False),
        sa.Column("message", text, nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("state", text, nullable=False),
        sa.Column("community", text),
        sa.Column("guesses", text, nullable=False),
        sa.Column("offered", text, nullable=False),
        sa.Column("joined", text, nullable=False),
        sa.Column("solved_by", text, nullable=False),
        sa.Column("item", text),
        sa.Column("ended_at", moment),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("trace", text, nullable=False),
    )
    op.create_index("question_asked", "question", ["library", "asked_at"])
    op.create_index("question_asker", "question", ["library", "asker", "asked_at"])
    op.create_index("question_community", "question", ["library", "community"])
    op.create_index("question_origin", "question", ["library", "door", "channel", "message"])
    op.create_index("question_state", "question", ["library", "state", "asked_at"])


def _knowledge() -> None:
    op.create_table(
        "edition",
        sa.Column("library", text, primary_key=True),
        sa.Column("id", text, primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("item", text, nullable=False),
        sa.Column("item_version", sa.Integer(), nullable=False),
        sa.Column("editor", text, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("what", text, nullable=False),
        sa.Column("title", text, nullable=False),
        sa.Column("problem", text, nullable=False),
        sa.Column("solution", text, nullable=False),
        sa.Column("steps", text, nullable=False),
    )
    op.create_index("edition_item", "edition", ["library", "item", "item_version"])
    op.create_table(
        "item",
        sa.Column("library", text, primary_key=True),
        sa.Column("id", text, primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("community", text, nullable=False),
        sa.Column("title", text, nullable=False),
        sa.Column("problem", text, nullable=False),
        sa.Column("solution", text, nullable=False),
        sa.Column("steps", text, nullable=False),
        sa.Column("language", text, nullable=False),
        sa.Column("status", text, nullable=False),
        sa.Column("visibility", text, nullable=False),
        sa.Column("question", text),
        sa.Column("credits", text, nullable=False),
        sa.Column("sources", text, nullable=False),
        sa.Column("files", text, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("published_at", moment),
        sa.Column("review_by", moment),
        sa.Column("merged_into", text),
        sa.Column("reason", text, nullable=False),
        sa.Column("thanks", sa.Integer(), nullable=False),
    )
    op.create_index("item_drafts", "item", ["library", "status", "community"])
    op.create_index("item_published", "item", ["status", "published_at"])
    op.create_index("item_question", "item", ["library", "question"])
    op.create_table(
        "verdict",
        sa.Column("library", text, primary_key=True),
        sa.Column("id", text, primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("item", text, nullable=False),
        sa.Column("member", text, nullable=False),
        sa.Column("approve", sa.Boolean(), nullable=False),
        sa.Column("reason", text, nullable=False),
        sa.Column("at", moment, nullable=False),
    )
    op.create_index("verdict_item", "verdict", ["library", "item"])


def _queues() -> None:
    op.create_table(
        "due",
        sa.Column("library", text, primary_key=True),
        sa.Column("what", text, primary_key=True),
        sa.Column("subject", text, primary_key=True),
        sa.Column("at", moment, nullable=False),
    )
    op.create_index("due_at", "due", ["library", "at"])
    op.create_table(
        "inbox",
        sa.Column("seq", sequence, sa.Identity(), primary_key=True),
        sa.Column("library", text, nullable=False),
        sa.Column("id", text, nullable=False),
        sa.Column("lane", text, nullable=False),
        sa.Column("payload", text),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("held_by", text),
        sa.Column("held_until", moment),
        sa.Column("not_before", moment),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("done_at", moment),
        sa.Column("parked_at", moment),
        sa.Column("why", text, nullable=False),
    )
    op.create_index("inbox_id", "inbox", ["library", "id"], unique=True)
    op.create_index("inbox_lane", "inbox", ["library", "lane", "seq"], **where("done_at IS NULL AND parked_at IS NULL"))
    op.create_index("inbox_parked", "inbox", ["library", "parked_at"], **where("parked_at IS NOT NULL"))
    op.create_index("inbox_waiting", "inbox", ["library", "seq"], **where("done_at IS NULL AND parked_at IS NULL"))
    op.create_table(
        "outbox",
        sa.Column("seq", sequence, sa.Identity(), primary_key=True),
        sa.Column("library", text, nullable=False),
        sa.Column("id", text, nullable=False),
        sa.Column("lane", text, nullable=False),
        sa.Column("payload", text),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("held_by", text),
        sa.Column("held_until", moment),
        sa.Column("not_before", moment),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("sent_at", moment),
        sa.Column("parked_at", moment),
        sa.Column("why", text, nullable=False),
        sa.Column("card", text),
        sa.Column("under", text),
    )
    op.create_index(
        "outbox_card",
        "outbox",
        ["library", "card", "seq"],
        **where("sent_at IS NULL AND parked_at IS NULL AND card IS NOT NULL"),
    )
    op.create_index("outbox_id", "outbox", ["library", "id"], unique=True)
    op.create_index("outbox_lane", "outbox", ["library", "lane", "seq"], **where("sent_at IS NULL AND parked_at IS NULL"))
    op.create_index("outbox_parked", "outbox", ["library", "parked_at"], **where("parked_at IS NOT NULL"))
    op.create_index("outbox_waiting", "outbox", ["library", "seq"], **where("sent_at IS NULL AND parked_at IS NULL"))


def _search() -> None:
    op.create_table(
        "search_change",
        sa.Column("kind", text, primary_key=True),
        sa.Column("count", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "search_term",
        sa.Column("term", text, primary_key=True),
        sa.Column("library", text, primary_key=True),
        sa.Column("shelf", text, primary_key=True),
        sa.Column("texts", sa.Integer(), nullable=False),
    )
    op.create_table(
        "search_text",
        sa.Column("seq", sequence, sa.Identity(), primary_key=True),
        sa.Column("library", text, nullable=False),
        sa.Column("kind", text, nullable=False),
        sa.Column("id", text, nullable=False),
        sa.Column("shelf", text, nullable=False),
        sa.Column("terms", text, nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("model", text, nullable=False),
        sa.Column("dimension", sa.Integer(), nullable=False),
        sa.Column("vector", sa.LargeBinary()),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("dropped", sa.Boolean(), nullable=False),
    )
    op.create_index("search_text_changed", "search_text", ["kind", "changed"])
    op.create_index("search_text_id", "search_text", ["library", "kind", "id"], unique=True)
    op.create_index("search_text_model", "search_text", ["library", "dropped", "model"])
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE search_fts USING fts5(terms, content='', columnsize=0, detail=none, tokenize='ascii')")
    else:
        kept = "gin (string_to_array(terms, ' ')) WHERE kind = 'item' AND shelf <> ''"
        op.execute(f"CREATE INDEX search_text_terms ON search_text USING {kept}")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE search_fts")
    for table in TABLES:
        op.drop_table(table)


TABLES = (
    "account",
    "verdict",
    "search_text",
    "search_term",
    "search_change",
    "question",
    "posting",
    "outbox",
    "membership",
    "member",
    "item",
    "inbox",
    "example",
    "edition",
    "due",
    "community",
    "binding",
    "ask",
    "answer",
)
