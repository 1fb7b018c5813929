"""A strict Slack for tests: Web API, signed HTTP events, Socket Mode, files and people, on loopback in the running event loop.

    async with SlackEmulator(clock=clock) as slack:                  # one workspace; slack.add_workspace("Cabang") for more
        slack.sends_to("http://127.0.0.1:8765/slack/events")         # or events_url=…; nothing to do for Socket Mode
        sari = slack.add_person("Sari Dewi", locale="id-ID")         # people and channels as they stand: nobody is told
        sirkulasi = slack.add_channel("sirkulasi", [sari])           # the app is a member unless bot=False
        AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)    # also slack.app_token, slack.signing_secret

People act. Each act returns once the app was told once (acknowledged or not; `wait=False`: at once):

        asked = await sari.says(sirkulasi, f"{slack.workspace.mention} denda rusak berapa?", files=[("a.txt", b"…")])
        await sari.says(sirkulasi, "di utas", thread_ts=asked)
        await sari.edits(asked, "…"); await sari.reacts(asked, "white_check_mark"); await sari.deletes(asked)
        reply = await sari.runs(sirkulasi, "/tanya", "…")            # Reply: ok, error (operation_timeout …), errors, message
        await sari.presses(card, "Tandai selesai")                   # by action_id, block_id or label, on a message or a view
        await sari.shortcut("keep", asked)
        await slack.until(lambda: sari.modals)                       # an app may act after it acknowledged
        await sari.submits({"Judul": "…", "community": "sirkulasi"}) # as Slack's client: required fields, options, lengths
        await sari.opens_home(); sari.home; sari.dm; sari.reads(sirkulasi); await sari.closes()
        await sari.kicks(sirkulasi); await sari.invites(sirkulasi)   # the app; also joins, leaves, renames, archives …
        await slack.workspace.uninstalls(); …revokes_tokens(); …reinstalls(); …use_manifest(manifest); …unfurls(message)

`Refused` is raised for what Slack's own client would not let a person do: nothing is sent then.

Looking: `slack.channel("sirkulasi").messages` (text, blocks, thread_ts, edits, reactions, user, only_for), `.thread(ts)`,
`.statuses`; `slack.ledger` (at, team, method, arguments, answer: everything accepted, in order), `slack.calls("chat.update")`,
`slack.refused` (at, method, error); `slack.deliveries` (event, attempts with status and reason, state), `slack.given_up`,
`await slack.settled()`; `await slack.courier.repeat(delivery)` sends an acknowledged event once more.

Strict: Block Kit's limits, text lengths, triggers (3 s, once), response_url (5 posts, 30 min), scopes, membership, rate limits
by `clock` (`limits=False` for load tests; `slack.limits.refused`), 3 s to acknowledge (real time, `ack_within`), retries after
0, 60, 300 s of `clock` (`retry_delays`), then given up. Simulated time: give `clock`, `ticking=None`, and call
`await slack.deliver_due()` after moving it. `workspace.history_days = 90` is the free plan's wall.

Faults (tests/emulators/faults.py): `slack.faults.next("chat.postMessage", rate_limited("30"))`, `hang().lost()`, … Besides
methods there are "upload", "download", "response_url" and "socket". `slack.sockets.refresh()` and `.cut()` end connections.

`Listener` (an app's HTTP end that records what it gets and answers as told) is for tests that need no Bolt.

As on Slack, and easily forgotten: a bot hears its own messages; whoever is kicked hears only channel_left (group_left);
a deleted parent with replies becomes a tombstone by message_changed; an unfurl is a message_changed without `edited`;
`chat.update` with text only removes the blocks; block_actions on an ephemeral message carry no `message`; a download without a
good token is a login page with status 200; commands and interactions are not retried; an unknown thread_ts is refused.
"""

from tests.emulators.slack.forms import Refused
from tests.emulators.slack.listener import Listener
from tests.emulators.slack.server import SlackEmulator
from tests.emulators.slack.signing import sign, signed

__all__ = ["Listener", "Refused", "SlackEmulator", "sign", "signed"]
