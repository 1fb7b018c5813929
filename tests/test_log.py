"""Logs: secrets are masked whatever way they come, people's words are dropped, the rest stays readable."""

from __future__ import annotations

import io
import json
import logging
import sys

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot.log import MASK, Redaction, configure, redact

# in pieces: a scanner of the repository must not take it for a real one
TELEGRAM = "123456789:" + "AAHfiqksKZ8WmR2zSjiQ7_v4TMAKdiHm9T0"

SECRETS = {
    "xoxb-17653285-aBcDeFgHiJkLmNoP": "posting with {} failed",
    "xoxe.xoxp-1-Mi0yLTE3NjUz": "refresh {}",
    "xapp-1-A0B1C2-333-abcdef0123": "socket {}",
    TELEGRAM: "GET https://api.telegram.org/bot{}/getMe",
    "sk-proj-abcdefghijklmnop": "Authorization: Bearer {}",
    "dXNlcjpwYXNzd29yZA==": "authorization='Basic {}'",
    "s3cr3t!pass": "could not connect to postgresql://guyub:{}@db.local/guyub",
    "hunter2hunter2": "retry with password={}&x=1",
}


@pytest.mark.parametrize("secret", SECRETS)
def test_secrets_are_known_by_their_shape(secret: str) -> None:
    cleaned = redact(SECRETS[secret].format(secret))
    assert secret not in cleaned
    assert MASK in cleaned


@pytest.mark.parametrize(
    "plain",
    [
        "question 0192f3c2a4b77e1c8d3e routed to sirkulasi in 0.031 s",
        "http://127.0.0.1:8765/?next=1",
        "2026-11-24T22:53:42Z inbox lag 12.5",
        "slack:C0123:1732489322.000100",
    ],
)
def test_plain_lines_stay_as_they_are(plain: str) -> None:
    assert redact(plain) == plain


@given(st.text(), st.text())
def test_a_known_secret_never_comes_through(before: str, after: str) -> None:
    assert "the-llm-key-42" not in Redaction(("the-llm-key-42",)).clean(f"{before}the-llm-key-42{after}")


@pytest.fixture
def configured() -> object:
    configure("json", ("the-llm-key-42",))
    yield
    structlog.reset_defaults()
    logging.basicConfig(handlers=[logging.NullHandler()], force=True)


@pytest.mark.usefixtures("configured")
def test_a_record_is_json_without_secrets_and_without_peoples_words(capsys: pytest.CaptureFixture[str]) -> None:
    configure("json", ("the-llm-key-42",))  # again, so that it writes to the stream under test
    log = structlog.get_logger()
    log.info("delivered", channel="C1", text="kak, saya sakit", llm_key="abc", why={"token": "t", "note": "the-llm-key-42"})
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["channel"], line["llm_key"]) == ("delivered", "C1", MASK)
    assert "text" not in line
    assert line["why"] == {"token": MASK, "note": MASK}


@pytest.mark.usefixtures("configured")
def test_tracebacks_say_where_and_what_kind_but_not_what_somebody_wrote(capsys: pytest.CaptureFixture[str]) -> None:
    configure("json", ("the-llm-key-42",))
    try:
        try:
            int("kak, saya sakit")
        except ValueError as error:
            raise ConnectionError("401 for the-llm-key-42") from error
    except ConnectionError:
        structlog.get_logger().exception("llm.failed")
        logging.getLogger("somebody.else").exception("bot%s", TELEGRAM)
    shown = capsys.readouterr().err
    assert shown.count("ValueError") == 2
    assert shown.count(f"ConnectionError: 401 for {MASK}") == 2
    assert "test_log.py" in shown
    for hidden in ("the-llm-key-42", "saya sakit", TELEGRAM):
        assert hidden not in shown


@pytest.mark.usefixtures("configured")
def test_a_stream_that_is_closed_since_is_written_to_no_more(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched, io.StringIO() as redirected:
        patched.setattr(sys, "stderr", redirected)
        configure("json")
        log = structlog.get_logger().bind()
        log.info("first")
        assert "first" in redirected.getvalue()
    log.info("second")
    logging.getLogger("somebody.else").warning("third")
    shown = capsys.readouterr().err
    assert "second" in shown and "third" in shown
