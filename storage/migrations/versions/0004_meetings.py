"""Meetings, their sessions, who comes, what was agreed, and members' own clocks."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

text = sa.Text()
moment = sa.DateTime(timezone=True)
wall_clock = sa.DateTime()


def _noun(name: str, *columns: sa.Column[object]) -> None:
    op.create_table(
        name,
        sa.Column("library", text, primary_key=True),
        sa.Column("id", text, primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        *columns,
    )


def _needed(name: str, type_: object = text) -> sa.Column[object]:
    return sa.Column(name, type_, nullable=False)  # type: ignore[arg-type]


def upgrade() -> None:
    _meetings()
    _sessions()
    _noun("rsvp", *(_needed(name) for name in ("session", "member", "coming")), _needed("at", moment))
    op.create_index("rsvp_session", "rsvp", ["library", "session", "at"])
    _noun(
        "action",
        *(_needed(name) for name in ("meeting", "session", "text")),
        sa.Column("owner", text),
        _needed("owner_name"),
        sa.Column("due", sa.Date()),
        sa.Column("done_at", moment),
        sa.Column("asked_at", moment),
    )
    op.create_index("action_meeting", "action", ["library", "meeting"])
    _noun("hours", _needed("member"), _needed("zone"), _needed("quiet_from", sa.Time()), _needed("quiet_to", sa.Time()))


def _meetings() -> None:
    _noun(
        "meeting",
        *(_needed(name) for name in ("community", "title", "place", "link")),
        _needed("start", wall_clock),
        _needed("zone"),
        _needed("rule"),
        _needed("minutes", sa.Integer()),
        sa.Column("until", sa.Date()),
        sa.Column("count", sa.Integer()),
        *(_needed(name) for name in ("status", "leads", "hosts", "format", "made_by")),
        _needed("since", moment),
        _needed("changed_at", moment),
        _needed("revision", sa.Integer()),
        sa.Column("shown", wall_clock),
        sa.Column("turned_at", moment),
        sa.Column("replaces", text),
    )
    op.create_index("meeting_held", "meeting", ["library", "status", "community"])


def _sessions() -> None:
    _noun(
        "session",
        _needed("meeting"),
        _needed("original", wall_clock),
        sa.Column("start", wall_clock),
        _needed("minutes", sa.Integer()),
        sa.Column("since", moment),
        _needed("cancelled", sa.Boolean()),
        sa.Column("host", text),
        *(_needed(name) for name in ("passed", "agenda", "sent")),
        sa.Column("asked_at", moment),
        sa.Column("item", text),
    )
    op.create_index("session_meeting", "session", ["library", "meeting", "original"])
