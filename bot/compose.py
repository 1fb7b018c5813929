"""Settings → engines, stores, doors, app. The only place that knows which part fills which port."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import structlog
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from adapters.embedding import make as make_embedder
from adapters.slack.keys import SlackKeys
from adapters.web.door import LOOPBACK, WebDoor
from adapters.web.scene import Act, Scene, read_scene
from adapters.web.stage import Stage, StageClock
from bot.app import App
from bot.command_help import helps
from bot.communities_file import read_communities
from bot.desk import Rules
from bot.dispatch import Dispatcher
from bot.doctor.finding import Finding
from bot.doctor.patient import Vitals
from bot.doors import Door
from bot.errors import Unreachable
from bot.features import ALL
from bot.finder import Finder
from bot.flow.trusting import ABOUT, earned
from bot.importing.told import Report, Source, Told, ToldFile
from bot.links import Links
from bot.loops import Loops
from bot.model.base import new_id
from bot.outbox import Outbox
from bot.ports import Clock, Embedder, Files
from bot.registry import Routes
from bot.seed import seed
from bot.settings import Settings, parts
from bot.triage.centre import centre_for
from bot.voice import FOLDER, Voice
from storage.files import LocalFiles
from storage.migrations import upgrade
from storage.store import SqlStore, open_store

if TYPE_CHECKING:
    from adapters.llm.openai_compatible import OpenAICompatible

log = structlog.get_logger(__name__)

REASONS = 10  # why messages were refused: as many as doctor tells
MOST_OF_A_FILE = 20 * 2**20  # bytes of a file in an export that is kept with its answer


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class House:
    """Everything, put together."""

    settings: Settings
    store: SqlStore
    finder: Finder
    app: App
    outbox: Outbox
    loops: Loops
    doors: dict[str, Door]
    files: Files

    @property
    def web(self) -> WebDoor:
        """The local messenger. KeyError: it is not open."""
        door = self.doors["web"]
        assert isinstance(door, WebDoor)
        return door


def embedder(settings: Settings) -> Embedder:
    """The model of the settings. Raises what the model's own code raises."""
    return make_embedder(settings.embedder)


def embedder_or_words(settings: Settings) -> Embedder | None:
    """None where the model cannot be loaded: search goes on by words, and doctor says why."""
    try:
        return embedder(settings)
    except Exception as error:  # somebody else's code and files: whatever is wrong, Guyub runs on without
        log.warning("embedding.unavailable", setting=settings.embedder, error=type(error).__name__)
        return None


async def vitals(settings: Settings) -> Vitals:
    """What doctor asks an open store."""
    store = await open_store(settings.database_url, library=settings.library_id, clock=utc_now)
    try:
        model = "multilingual-e5-small-q4" if settings.embedder == "bundled" else settings.embedder
        missing = len(await store.search.missing(model, 1000))
        trust = tuple([(about, await earned(about, store.judgements)) for about in ABOUT])
        return Vitals(await store.health(utc_now()), missing, await store.refusals(REASONS), trust)
    finally:
        await store.close()


async def probes(settings: Settings) -> tuple[Finding, ...]:
    """What the platforms say of our tokens."""
    found: list[Finding] = []
    if keys := slack_keys(settings):
        from adapters.slack.probe import probe as ask_slack

        told = [one for key in keys for one in await ask_slack(key, settings.slack_api_url)]
        found += [replace(one, id=f"slack.{one.id}") for one in told]
    if token := settings.telegram_bot_token.get_secret_value():
        from adapters.telegram.probe import probe as ask_telegram

        hook = settings.telegram_webhook_url, settings.telegram_webhook_secret.get_secret_value()
        said = await ask_telegram(token, settings.telegram_api_url, hook)
        found += [replace(one, id=f"telegram.{one.id}") for one in said]
    return tuple(found)


def slack_manifest(settings: Settings, url: str) -> tuple[str, str]:
    """The manifest of this library's own Slack app, and the address that opens Slack with it filled in."""
    from adapters.slack.manifest import link, manifest

    whole = manifest(helps(Routes(ALL).commands, Voice(settings.as_library())), url=url)
    return whole, link(whole)


def drafter_of(settings: Settings) -> OpenAICompatible | None:
    """The language model that words drafts, where one is set."""
    if not settings.llm_url:
        return None
    from adapters.llm.openai_compatible import OpenAICompatible  # loaded where it is used, like the doors

    prompts = Environment(loader=FileSystemLoader(FOLDER / "llm"), undefined=StrictUndefined, autoescape=False)
    template = prompts.get_template("draft.md.j2")
    return OpenAICompatible(settings.llm_url, settings.llm_model, settings.llm_key.get_secret_value(), template.render)


def answers_to(host: str) -> tuple[str, ...]:
    """The names that the messenger answers to: this machine's own, and the one it was told to listen on."""
    return ("*",) if host in ("0.0.0.0", "::") else (*LOOPBACK, host)


def keeper(doors: Mapping[str, Door], files: Files) -> Callable[[str, str], Awaitable[str]]:
    """(door, the platform's id of a file) → its SHA-256 in our file store. `Unreachable`: that door is not open."""

    async def keep(door: str, file: str) -> str:
        if door not in doors:
            raise Unreachable(f"door {door} is not open")
        return await files.put(await doors[door].fetch(file))

    return keep


@asynccontextmanager
async def open_house(
    settings: Settings,
    *,
    clock: Clock = utc_now,
    doors: Sequence[Door] | None = None,
    model: Embedder | None = None,
    rules: Rules | None = None,
    visiting: bool = False,
) -> AsyncIterator[House]:
    """The whole house without its loops and listening doors: `house.loops.start()` and `door.start(app)` bring it to life.

    `visiting`: another process may be running on the same data; what it holds stays its own.
    """
    library = settings.as_library()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    model = model or await asyncio.to_thread(embedder_or_words, settings)
    async with AsyncExitStack() as closing:
        centre = centre_for(model.model if model else "")
        store = await open_store(settings.database_url, library=library.id, clock=clock, centre=centre)
        closing.push_async_callback(store.close)
        drafter = drafter_of(settings)
        if drafter:
            closing.push_async_callback(drafter.close)
        files = LocalFiles(settings.data_dir / "files")
        voice, worker = Voice(library), f"worker-{new_id()}"
        opened = doors if doors is not None else doors_of(settings, clock, files, store, voice)
        by_name: dict[str, Door] = {door.name: door for door in opened}
        finder = Finder(library.id, store.search, model, store.communities)
        closing.callback(finder.close)
        keep, rules = keeper(by_name, files), rules or Rules(elsewhere=settings.sent_until)
        dispatcher = Dispatcher(
            library, store, finder, Routes(ALL), voice, clock, keep, files.put, drafter, rules, settings.operators
        )
        app = App(store, dispatcher, Links(store, by_name), worker)
        outbox = Outbox(store, by_name, voice, clock, worker)
        if settings.sqlite_path and not visiting:
            await store.release("")
        await as_set(store, finder, dispatcher, settings)
        app.wake_outbox = outbox.wake
        yield House(settings, store, finder, app, outbox, Loops(app, outbox, store, clock), by_name, files)


async def as_set(store: SqlStore, finder: Finder, dispatcher: Dispatcher, settings: Settings) -> None:
    """What the settings say is so: the communities are there, whoever is an operator no more is none, and what another copy
    has sent does not wait to be sent again."""
    if settings.sent_until and (many := await store.sent_elsewhere(settings.sent_until)):
        log.info("outbox.elsewhere", messages=many, until=settings.sent_until.isoformat())
    await seed(store, finder, read_communities(settings.communities))
    await dispatcher.entitle()


def doors_of(settings: Settings, clock: Clock, files: Files, store: SqlStore, voice: Voice) -> tuple[Door, ...]:
    """A door for each platform whose token is set, and the local messenger."""
    doors: list[Door] = [messenger(settings, clock, files)] if settings.opens_messenger else []
    if slack_keys(settings):
        from adapters.slack.door import SlackDoor  # heavy, like the other: loaded where it is used

        keys = slack_keys(settings)
        doors.append(SlackDoor(keys, settings.slack_api_url, settings.library_id, store.memory("slack"), voice, files, clock))
    if settings.telegram_bot_token.get_secret_value():
        from adapters.telegram.door import TelegramDoor

        hook = settings.telegram_webhook_url, settings.telegram_webhook_secret.get_secret_value()
        memory, token = store.memory("telegram"), settings.telegram_bot_token.get_secret_value()
        doors.append(TelegramDoor(token, settings.telegram_api_url, hook, settings.library_id, memory, voice, files, clock))
    return tuple(doors)


def slack_keys(settings: Settings) -> tuple[SlackKeys, ...]:
    """One for each workspace. A signing secret may be two with a bar between them while it is changed."""
    bots, apps, secrets = map(parts, (settings.slack_bot_token, settings.slack_app_token, settings.slack_signing_secret))
    each = zip_longest(bots, apps[: len(bots)], secrets[: len(bots)], fillvalue="")
    return tuple(SlackKeys(bot, app, tuple(filter(None, secret.split("|")))) for bot, app, secret in each if bot)


@contextmanager
def export(
    kind: str, path: Path, report: Report, timezone: str
) -> Iterator[tuple[Iterator[Told], Callable[[ToldFile], bytes]]]:
    """The messages of an export as they lie there, and what reads a file of it. `BadExport`, a GuyubError, where it is none."""
    from adapters import exports  # an import has all the time in the world; a start has not

    with exports.open_archive(path, Report()) as archive:
        zone = ZoneInfo(timezone)
        match kind:
            case "slack-export":
                messages = exports.read_slack(path, report)
            case "telegram-export":
                messages = exports.read_telegram(path, report, zone)
            case _:
                messages = exports.read_whatsapp(path, report, zone)
        yield messages, lambda file: archive.read(file.path, MOST_OF_A_FILE)


def kind_of_export(path: Path) -> Source:
    """Which platform an export comes from. `BadExport` where it is none."""
    from adapters import exports

    return exports.kind_of(path)


def messenger(settings: Settings, clock: Clock, files: Files) -> WebDoor:
    """The local messenger, as it is opened where no token is set."""
    hosts = answers_to(settings.host)
    return WebDoor(settings.data_dir, settings.library_id, clock, files, settings.timezone, hosts)


def migrate(settings: Settings) -> None:
    """Bring the database's schema to this version."""
    Path(settings.data_dir).mkdir(parents=True, exist_ok=True)
    asyncio.run(upgrade(settings.database_url))


__all__ = [
    "Act",
    "House",
    "Scene",
    "Stage",
    "StageClock",
    "embedder",
    "export",
    "kind_of_export",
    "migrate",
    "open_house",
    "probes",
    "read_scene",
    "slack_manifest",
    "utc_now",
    "vitals",
]
