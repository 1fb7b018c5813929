"""A life in which much goes wrong, with everything logged: `python -m tests.durability.doors.canary FOLDER PLATFORM`.

Its log goes to stderr as in `guyub run` with GUYUB_LOG=json, at level debug. It prints what must be found nowhere.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from pathlib import Path

import httpx
import structlog

import adapters.slack.api as slack_api
import adapters.telegram.client as telegram_client
import adapters.telegram.gate as gate
from bot.compose import House
from bot.doors import Delivery
from bot.log import configure
from bot.model.place import MessageRef
from tests.doors.house import OPERATOR, free_port, lived_in, settings_for
from tests.doors.slack_town import SlackTown
from tests.doors.telegram_town import TelegramTown
from tests.doors.three import ROOMS
from tests.durability.doors.houses import HOOK_SECRET
from tests.durability.doors.second_thoughts import quiet
from tests.durability.doors.test_doors_once import walk
from tests.emulators.faults import Faults, closed, garbage, half, html, rate_limited, status
from tests.emulators.slack import SlackEmulator
from tests.emulators.slack.signing import sign
from tests.emulators.telegram import TelegramEmulator, flood

SIGNING = "5b1canary9f3e7c2d4a6signing8e0f"
OPENAI = "canary-key-of-a-language-model-1234"


def in_trouble(faults: Faults) -> None:
    """One call in six breaks, before or after it was accepted."""
    for fault in (status(500), html(502), closed(), garbage(), half(), closed().lost(), status(404), html()):
        faults.sometimes(None, fault, 0.02)
    faults.sometimes(None, rate_limited("1"), 0.01)


async def junk(port: int, folder: Path) -> None:
    """Nonsense at both doors; what is answered is kept."""
    told = []
    async with httpx.AsyncClient(timeout=20) as client:
        for body in (b"", b"\xff", b"{", b"[" * 9000, b'{"type": "event_callback"}'):
            at = "1764000000"
            for signature in ("v0=" + "0" * 64, sign(SIGNING, at, body), SIGNING):
                head = {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": signature, "Content-Type": "application/json"}
                told.append(await client.post(f"http://127.0.0.1:{port}/slack/events", content=body, headers=head))
            for secret in (HOOK_SECRET, HOOK_SECRET[:-1]):
                head = {"X-Telegram-Bot-Api-Secret-Token": secret}
                told.append(await client.post(f"http://127.0.0.1:{port}/telegram/webhook", content=body, headers=head))
        told += [await client.get(f"http://127.0.0.1:{port}{path}") for path in ("/healthz", "/readyz", "/metrics", "/nowhere")]
    (folder / "answers.txt").write_text("\n".join(f"{one.status_code} {one.headers} {one.text}" for one in told))


async def main(folder: Path, platform: str) -> None:
    gate.ALL = gate.CHAT = gate.GROUP = (10**6, 1.0)
    slack_api.TIMEOUT, telegram_client.PATIENCE = 1.0, 1.0
    port = free_port()
    async with (
        SlackEmulator(limits=False, signing_secret=SIGNING, retry_delays=(0.1,) * 3) as slack,
        TelegramEmulator() as telegram,
    ):
        telegram.rates.on = False
        slack.sends_to(f"http://127.0.0.1:{port}/slack/events")
        towns = {"slack": SlackTown(slack, ROOMS), "telegram": TelegramTown(telegram, ROOMS)}
        given = {
            "operators": ",".join(f"{name}:{town.knows(OPERATOR).id}" for name, town in towns.items()),
            "slack_bot_token": slack.bot_token,
            "slack_signing_secret": slack.signing_secret,
            "slack_api_url": slack.api_url,
            "telegram_bot_token": telegram.bot.token,
            "telegram_api_url": telegram.api_url,
            "telegram_webhook_url": f"http://127.0.0.1:{port}/telegram/webhook" if platform == "telegram" else "",
            "telegram_webhook_secret": HOOK_SECRET if platform == "telegram" else "",
            "llm_key": OPENAI,
            "messenger": "off",
        }
        settings = settings_for(folder, port, given)
        logs_everything(settings.secret_values())
        async with lived_in(settings) as house:
            await walk(house, towns[platform])
            await quiet(house)
            await junk(port, folder)
            for emulator in (slack, telegram):
                in_trouble(emulator.faults)
            breaks_once(house, platform)
            for n in range(40):
                await towns[platform].asks("Budi", f"Bagaimana cara {n} memesan buku?", "umum")
            await asyncio.sleep(1.5)
            struck = len((slack if platform == "slack" else telegram).faults.struck)
            assert struck >= 3, struck
            slack.faults.clear()
            telegram.faults.clear()
            telegram.faults.next("sendMessage", flood("nonsense"))
            await asyncio.sleep(0.5)
            telegram.revoke()
            await slack.workspace.revokes_tokens()
            await towns[platform].asks("Budi", "Bagaimana cara terakhir memesan buku?", "umum")
            raise_here()
            await asyncio.sleep(1.0)
        print(json.dumps([slack.bot_token, slack.app_token, SIGNING, telegram.bot.token, telegram.bot.token.partition(":")[2],
                          HOOK_SECRET, OPENAI]))  # fmt: skip


def breaks_once(house: House, platform: str) -> None:
    """A bug in the door, whose message holds a token."""
    door = house.doors[platform]
    deliver = door.deliver

    async def broken(delivery: Delivery) -> MessageRef:
        door.deliver = deliver  # type: ignore[method-assign]
        raise RuntimeError(f"https://x/bot{telegram_token()}/sendMessage with {SIGNING}")

    door.deliver = broken  # type: ignore[method-assign]


def logs_everything(secrets: tuple[str, ...]) -> None:
    """As `guyub run` does, at the most talkative level."""
    configure("json", secrets)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG))
    logging.getLogger().setLevel(logging.DEBUG)


def raise_here() -> None:
    """A traceback in the log, in whose frames the secrets stand."""
    try:
        raise ValueError(SIGNING)
    except ValueError:
        logging.getLogger("canary").exception("a bug with %s in it", OPENAI)
        structlog.get_logger("canary").exception("a bug", token=SIGNING, url=f"https://x/bot{telegram_token()}/getMe")


def telegram_token() -> str:
    from tests.emulators.telegram import TOKEN

    return TOKEN


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
