"""Drafts worded by any OpenAI-compatible chat endpoint. It only proposes: a person reviews every draft."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence

import httpx

from bot.errors import GuyubError
from bot.model.base import Language
from bot.triage.text import clean_lines, shorten

MOST_ASKED = 6000  # characters of the question and of each answer that are sent
MOST_ANSWERS = 20
MOST_BYTES = 200_000  # of a reply: more is not read
MOST_DRAFT = 6000  # characters of the draft
SECONDS = 20.0
_CITED = re.compile(r"\[(\d{1,3})\]")


class DraftFailed(GuyubError):
    """The model gave nothing usable: use the extractive draft. `why` is for the log, without key or address."""

    template = "error.draft"

    def __init__(self, why: str) -> None:
        super().__init__(why=why)
        self.why = why

    def __str__(self) -> str:
        return self.why


class OpenAICompatible:
    """`url`: up to and with /v1. `prompt`: renders prompts/llm/draft.md.j2 from question, answers and language."""

    def __init__(
        self, url: str, model: str, key: str, prompt: Callable[[Mapping[str, object]], str], seconds: float = SECONDS
    ) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._client = httpx.AsyncClient(
            base_url=url.rstrip("/") + "/", headers=headers, timeout=seconds, follow_redirects=False
        )
        self._model, self._prompt = model, prompt

    async def draft(self, question: str, answers: Sequence[tuple[str, str]], language: Language) -> str:
        """CommonMark; each sentence cites the messages it comes from as [id]. `answers`: (id, text). `DraftFailed`.

        The model sees short numbers instead of ids: it would copy long ones wrongly. A number that stands for nothing goes."""
        ids = {str(number): id_ for number, (id_, _) in enumerate(answers[:MOST_ANSWERS], start=1)}
        sent = [(number, shorten(clean_lines(text), MOST_ASKED)) for number, (_, text) in zip(ids, answers, strict=False)]
        words = self._prompt({"question": shorten(clean_lines(question), MOST_ASKED), "answers": sent, "language": language})
        body = {"model": self._model, "messages": [{"role": "user", "content": words}], "temperature": 0.2, "max_tokens": 1200}
        text = shorten(clean_lines(_content(await self._post(body))), MOST_DRAFT)
        if not any(number in ids for number in _CITED.findall(text)):
            raise DraftFailed("the draft cites no message")
        return _CITED.sub(lambda match: f"[{ids[match[1]]}]" if match[1] in ids else "", text).strip()

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.aclose()

    async def _post(self, body: Mapping[str, object]) -> bytes:
        try:
            async with self._client.stream("POST", "chat/completions", json=body) as reply:
                if reply.status_code != 200:
                    raise DraftFailed(f"the endpoint answered {reply.status_code}")
                return await _read(reply)
        except httpx.HTTPError as problem:
            raise DraftFailed(f"no answer ({type(problem).__name__})") from problem


async def _read(reply: httpx.Response) -> bytes:
    data = bytearray()
    async for piece in reply.aiter_bytes():
        data += piece
        if len(data) > MOST_BYTES:
            raise DraftFailed("the answer is too long")
    return bytes(data)


def _content(data: bytes) -> str:
    try:
        text = json.loads(data)["choices"][0]["message"]["content"]
    except (ValueError, LookupError, TypeError, RecursionError) as problem:
        raise DraftFailed("the answer has not the expected form") from problem
    if not isinstance(text, str) or not text.strip():
        raise DraftFailed("the answer is empty")
    return text
