"""The peer: slack-bolt's AsyncApp through its Starlette adapter, one message listener, signature checked by Bolt.

    python -m tests.bench.bolt_peer PORT [database]

Without a database it only acknowledges. With one it does what most bots do with SQLAlchemy 2 and aiosqlite before it does: the
event, a question and a message to send, in one durable transaction.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import sqlalchemy as sa
import uvicorn
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.bench.slack_events import SECRET

TABLES = sa.MetaData()
INBOX = sa.Table("inbox", TABLES, sa.Column("event_id", sa.String, primary_key=True), sa.Column("seen_at", sa.Float))
QUESTION, OUTBOX = (
    sa.Table(
        name,
        TABLES,
        sa.Column("id", sa.Integer, primary_key=True),
        *(sa.Column(one, sa.String) for one in ("event_id", "channel", "member", "text")),
        sa.Column("at", sa.Float),
    )
    for name in ("question", "outbox")
)
ADD = insert(INBOX).on_conflict_do_nothing()


def engine(path: Path) -> AsyncEngine:
    made = create_async_engine(
        f"sqlite+aiosqlite:///{path}", pool_size=5, max_overflow=0, connect_args={"timeout": 60, "isolation_level": None}
    )

    @sa.event.listens_for(made.sync_engine, "connect")
    def prepare(raw: sa.engine.interfaces.DBAPIConnection, record: object) -> None:
        cursor = raw.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.close()

    @sa.event.listens_for(made.sync_engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return made


async def keep(store: AsyncEngine, id: str, text: str) -> None:
    now = time.time()
    row = {"event_id": id, "channel": "C1", "member": "U1", "text": text, "at": now}
    async with store.begin() as c:
        if (await c.execute(ADD, {"event_id": id, "seen_at": now})).rowcount:
            await c.execute(QUESTION.insert(), row)
            await c.execute(OUTBOX.insert(), row)


async def authorize(**_: object) -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-x", bot_id="B1", bot_user_id="UB")


def asgi(store: AsyncEngine | None) -> Starlette:
    # process_before_response: the 200 waits for the listener, so that what is acknowledged is durable
    bolt = AsyncApp(
        signing_secret=SECRET, authorize=authorize, process_before_response=store is not None, logger=logging.getLogger("quiet")
    )

    async def heard(event: dict[str, str], body: dict[str, str]) -> None:
        if store:
            await keep(store, body["event_id"], event.get("text", ""))

    async def ran(ack: object, body: dict[str, str]) -> None:
        if store:
            await keep(store, body["trigger_id"], body.get("text", ""))
        await ack()  # type: ignore[operator]

    bolt.event("message")(heard)
    bolt.event("reaction_added")(heard)
    bolt.command("/komunitas")(ran)
    handler = AsyncSlackRequestHandler(bolt)

    async def events(request: Request) -> Response:
        return await handler.handle(request)

    @asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:
        if store:
            async with store.begin() as c:
                await c.run_sync(TABLES.create_all)
        yield

    return Starlette(routes=[Route("/slack/events", events, methods=["POST"])], lifespan=life)


if __name__ == "__main__":
    port, *more = sys.argv[1:]
    app = asgi(engine(Path(more[0])) if more else None)
    uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="error", access_log=False)
