"""What `guyub doctor` asks Slack: does the token work, may the app do all that it must, how do events come?"""

from __future__ import annotations

from time import time

from adapters.slack.api import Answered, Api
from adapters.slack.errors import DEAD, SlackRefused
from adapters.slack.keys import SlackKeys
from adapters.slack.manifest import PATH, SCOPES
from adapters.slack.payload import text
from bot.doctor.finding import Finding
from bot.errors import TryLater
from bot.model.base import Words

_APP = ("Buka api.slack.com/apps, pilih aplikasi Guyub, lalu ", "Open api.slack.com/apps, choose the Guyub app, then ")
_AGAIN = (" Jalankan `guyub doctor` lagi.", " Run `guyub doctor` again.")


def _mend(indonesian: str, english: str) -> Words:
    return Words(_APP[0] + indonesian + _AGAIN[0], _APP[1] + english + _AGAIN[1])


TOKEN = _mend(
    "OAuth & Permissions. Salin Bot User OAuth Token (diawali xoxb-) ke SLACK_BOT_TOKEN di berkas .env. Kalau belum "
    "ada, klik Install to Workspace dahulu.",
    "OAuth & Permissions. Copy the Bot User OAuth Token (it begins with xoxb-) to SLACK_BOT_TOKEN in the file .env. If there "
    "is none yet, click Install to Workspace first.",
)
SOCKET = _mend(
    "Basic Information, App-Level Tokens, Generate Token and Scopes, tambahkan connections:write. Salin token yang diawali "
    "xapp- ke SLACK_APP_TOKEN. Nyalakan juga Settings, Socket Mode.",
    "Basic Information, App-Level Tokens, Generate Token and Scopes, add connections:write. Copy the token that begins with "
    "xapp- to SLACK_APP_TOKEN. Switch on Settings, Socket Mode as well.",
)
SECRET = _mend(
    "Basic Information, App Credentials. Salin Signing Secret ke SLACK_SIGNING_SECRET, atau isi SLACK_APP_TOKEN supaya memakai "
    "Socket Mode.",
    "Basic Information, App Credentials. Copy the Signing Secret to SLACK_SIGNING_SECRET, or set SLACK_APP_TOKEN to use "
    "Socket Mode.",
)
SCOPE = _mend(
    "App Manifest. Tempel keluaran `guyub manifest slack`, simpan, lalu klik Reinstall to Workspace.",
    "App Manifest. Paste what `guyub manifest slack` prints, save, then click Reinstall to Workspace.",
)
NETWORK = Words(
    "Periksa sambungan internet dan SLACK_API_URL, lalu jalankan `guyub doctor` lagi.",
    "Check the internet connection and SLACK_API_URL, then run `guyub doctor` again.",
)
REACH = Words(
    f"Di api.slack.com/apps, Event Subscriptions, alamatnya harus berakhiran {PATH} dan bertanda Verified.",
    f"At api.slack.com/apps, Event Subscriptions, the address must end in {PATH} and be marked Verified.",
)


async def probe(keys: SlackKeys, api_url: str) -> tuple[Finding, ...]:
    """Findings, the token's first; no more than that where it does not work. Nothing is changed, no secret is told."""
    if not keys.bot_token.startswith("xoxb-"):
        what = Words("SLACK_BOT_TOKEN bukan token bot (xoxb-).", "SLACK_BOT_TOKEN is no bot token (xoxb-).")
        return (Finding("token", "fail", what, TOKEN),)
    api = Api(keys.bot_token, api_url, time)
    try:
        answer = await api.answered("auth.test")
    except (TryLater, SlackRefused) as error:
        return (_unheard(error),)
    finally:
        await api.close()
    where = f"{text(answer.data, 'user')} @ {text(answer.data, 'team')}"
    found = [Finding("token", "ok", Words(f"Tersambung sebagai {where}.", f"Connected as {where}."))]
    return (*found, _scopes(answer), await _ways(keys, api_url))


def _unheard(error: TryLater | SlackRefused) -> Finding:
    code = error.code if isinstance(error, SlackRefused) else error.why.removeprefix("slack: ")
    if code in DEAD or isinstance(error, SlackRefused):
        return Finding(
            "token", "fail", Words(f"Slack menolak token ini ({code}).", f"Slack refuses this token ({code})."), TOKEN
        )
    return Finding(
        "network", "fail", Words(f"Slack tidak bisa dihubungi ({code}).", f"Slack cannot be reached ({code})."), NETWORK
    )


def _scopes(answer: Answered) -> Finding:
    given = {one.strip() for one in answer.headers.get("x-oauth-scopes", "").split(",")}
    missing = ", ".join(one for one in SCOPES if one not in given)
    if not missing:
        return Finding("scopes", "ok", Words("Semua izin ada.", "All permissions are there."))
    return Finding("scopes", "fail", Words(f"Izin yang kurang: {missing}.", f"Missing permissions: {missing}."), SCOPE)


async def _ways(keys: SlackKeys, api_url: str) -> Finding:
    """How events come: over a socket that opens, or over HTTP with a secret to tell them by."""
    if not keys.app_token:
        if any(keys.signing_secrets):
            ways = Words(f"Kabar datang lewat HTTP di {PATH}.", f"Events come over HTTP at {PATH}.")
            return Finding("events", "ok", ways, REACH)
        what = Words("Tanpa SLACK_SIGNING_SECRET, tidak ada yang diterima.", "Without SLACK_SIGNING_SECRET nothing is taken.")
        return Finding("events", "fail", what, SECRET)
    api = Api(keys.app_token, api_url, time)
    try:
        await api.call("apps.connections.open", app_token=keys.app_token)
    except (TryLater, SlackRefused) as error:
        code = error.code if isinstance(error, SlackRefused) else error.why.removeprefix("slack: ")
        what = Words(f"Socket Mode tidak bisa dibuka ({code}).", f"Socket Mode cannot be opened ({code}).")
        return Finding("events", "fail", what, SOCKET)
    finally:
        await api.close()
    return Finding("events", "ok", Words("Kabar datang lewat Socket Mode.", "Events come by Socket Mode."))
