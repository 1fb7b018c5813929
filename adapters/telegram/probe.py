"""What `guyub doctor` asks Telegram: does the token work, what may the bot see, how do updates come?"""

from __future__ import annotations

from telegram import WebhookInfo
from telegram.error import InvalidToken, TelegramError

from adapters.telegram.client import Api
from adapters.telegram.errors import reason
from adapters.telegram.webhook import PATH
from bot.doctor.finding import Finding
from bot.doors import SHORTEST_SECRET
from bot.model.base import Words

MANY = 100  # updates waiting at Telegram from which on something is wrong


TOKEN = Words(
    "Buka @BotFather di Telegram, tulis /mybots, pilih bot Anda, lalu API Token. Salin ke TELEGRAM_BOT_TOKEN di berkas "
    ".env dan jalankan `guyub doctor` lagi.",
    "Open @BotFather in Telegram, write /mybots, choose your bot, then API Token. Copy it to TELEGRAM_BOT_TOKEN in the "
    "file .env and run `guyub doctor` again.",
)
NETWORK = Words(
    "Periksa sambungan internet dan TELEGRAM_API_URL, lalu jalankan `guyub doctor` lagi.",
    "Check the internet connection and TELEGRAM_API_URL, then run `guyub doctor` again.",
)
PRIVACY = Words(
    "1. Buka @BotFather, tulis /setprivacy, pilih bot Anda, pilih Disable. Atau jadikan bot admin di grupnya; itu juga "
    "perlu agar reaksi 👍 terbaca. 2. Keluarkan bot dari grup, lalu tambahkan lagi: tanpa itu Telegram tidak menerapkan "
    "perubahannya. 3. Jalankan `guyub doctor` lagi.",
    "1. Open @BotFather, write /setprivacy, choose your bot, choose Disable. Or make the bot an admin of the group; that "
    "is also needed for it to see 👍 reactions. 2. Remove the bot from the group and add it again: without that Telegram "
    "does not apply the change. 3. Run `guyub doctor` again.",
)
GROUPS = Words(
    "Buka @BotFather, tulis /setjoingroups, pilih bot Anda, pilih Enable.",
    "Open @BotFather, write /setjoingroups, choose your bot, choose Enable.",
)
SECRET = Words(
    f"Isi TELEGRAM_WEBHOOK_SECRET dengan sedikitnya {SHORTEST_SECRET} huruf acak (A-Z a-z 0-9 _ -), misalnya dari "
    '`python -c "import secrets; print(secrets.token_urlsafe(32))"`.',
    f"Set TELEGRAM_WEBHOOK_SECRET to at least {SHORTEST_SECRET} random characters (A-Z a-z 0-9 _ -), for example from "
    '`python -c "import secrets; print(secrets.token_urlsafe(32))"`.',
)
OTHER = Words(
    "Program lain memakai token ini. Hentikan program itu, atau buat bot baru di @BotFather. Kalau memang pindah ke "
    "Guyub, cukup jalankan `guyub run`: webhook lama dilepas sendiri.",
    "Another program uses this token. Stop it, or make a new bot with @BotFather. If you are moving to Guyub, just start "
    "`guyub run`: it takes the old webhook off by itself.",
)
REACH = Words(
    f"Pastikan alamatnya bisa dibuka dari internet lewat HTTPS (port 443, 80, 88, atau 8443) dan mengarah ke {PATH} di Guyub.",
    "Make sure that the address can be opened from the internet over HTTPS (port 443, 80, 88 or 8443) and leads to "
    f"Guyub's {PATH}.",
)
SHORT = Words(
    "Rahasia webhook terlalu pendek; Guyub tidak mau mulai.", "The webhook's secret is too short: Guyub will not start."
)


async def probe(token: str, api_url: str, webhook: tuple[str, str]) -> tuple[Finding, ...]:
    """Findings, the token's first; no more than that where it does not work. Nothing is changed, no secret is told."""
    if ":" not in token:
        return (Finding("token", "fail", Words("Token Telegram tidak lengkap.", "Telegram's token is incomplete."), TOKEN),)
    api = Api(token, api_url)
    try:
        return await _found(api, *webhook)
    except InvalidToken:
        return (Finding("token", "fail", Words("Telegram menolak token ini.", "Telegram refuses this token."), TOKEN),)
    except TelegramError as error:
        why = reason(error).removeprefix("telegram: ")
        what = Words(f"Telegram tidak bisa dihubungi ({why}).", f"Telegram cannot be reached ({why}).")
        return (Finding("network", "fail", what, NETWORK),)
    finally:
        await api.close_lines()


async def _found(api: Api, url: str, secret: str) -> tuple[Finding, ...]:
    me = await api.get_me()
    name = f"@{me.username}"
    found = [Finding("token", "ok", Words(f"Tersambung sebagai {name}.", f"Connected as {name}."))]
    if me.can_read_all_group_messages:
        what = Words("Bot bisa membaca pesan di grup.", "The bot can read messages in groups.")
        found.append(Finding("privacy", "ok", what))
    else:
        what = Words(
            "Mode privasi menyala: di grup, bot yang bukan admin hanya melihat perintah, sebutan, dan balasan kepadanya.",
            "Privacy mode is on: in groups, a bot that is no admin sees only commands, mentions and replies to it.",
        )
        found.append(Finding("privacy", "warn", what, PRIVACY))
    if not me.can_join_groups:
        what = Words("Bot tidak bisa ditambahkan ke grup.", "The bot cannot be added to groups.")
        found.append(Finding("groups", "warn", what, GROUPS))
    if url and len(secret) < SHORTEST_SECRET:
        found.append(Finding("secret", "fail", SHORT, SECRET))
    return (*found, *_webhook(await api.get_webhook_info(), url))


def _webhook(info: WebhookInfo, url: str) -> list[Finding]:
    found: list[Finding] = []
    if info.url and not url:
        what = Words("Ada webhook terpasang, padahal Guyub memakai polling.", "A webhook is set although Guyub polls.")
        found.append(Finding("webhook", "warn", what, OTHER))
    elif url and info.url not in ("", url):
        what = Words("Webhook mengarah ke alamat lain.", "The webhook leads to another address.")
        found.append(Finding("webhook", "warn", what, OTHER))
    elif url and info.last_error_message:
        why = info.last_error_message[:100]
        what = Words(f"Telegram gagal mengirim ke webhook: {why}", f"Telegram could not reach the webhook: {why}")
        found.append(Finding("webhook", "warn", what, REACH))
    else:
        ways = Words("Kabar datang lewat webhook.", "Updates come by webhook.") if url else Words(
            "Kabar dijemput sendiri (polling).", "Updates are fetched by polling."
        )  # fmt: skip
        found.append(Finding("webhook", "ok", ways))
    if info.pending_update_count > MANY:
        count = info.pending_update_count
        what = Words(f"{count} kabar menunggu di Telegram.", f"{count} updates wait at Telegram.")
        mend = Words("Jalankan `guyub run`; kabar disimpan 24 jam.", "Start `guyub run`; updates are kept for 24 hours.")
        found.append(Finding("pending", "warn", what, mend))
    return found
