"""A draft knowledge item out of a solved thread, in the people's own words: nothing is made up, only left out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.triage import lexicon
from bot.triage.intent import is_thanks, question_probability
from bot.triage.text import clean, clean_lines, is_blank, shorten
from bot.triage.words import terms

TITLE = 90  # characters
_GREETING = re.compile(
    r"^(?:(?:assalamu ?'?alaikum|ass?wr ?wb|wr\.? ?wb\.?|selamat (?:pagi|siang|sore|malam)|pagi|siang|sore|malam|hal+o+|hai|hi|hello|hey|dear|good (?:morning|afternoon|evening)"
    r"|permisi|punten|maaf|mohon maaf|sorry|excuse me|(?:mau|ingin|izin|ijin|numpang) (?:tanya|bertanya|nanya)|tanya|nanya|quick question|question)\b"
    r"(?:[ ,]*\b(?:semua(?:nya)?|kak(?:ak)?|kk|pak|bapak|bu|ibu|mas|mbak|bang|min|admin|gan|rekan(?:-rekan)?|teman(?:-teman)?|temen(?:-temen)?|all|everyone|everybody|guys|team|folks|there|dong|ya|nih|dulu|sebelumnya|mengganggu|wr\.? ?wb)\b)*[ ,.!:;–—-]*)+",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"[ ,.!;–—-]*\b(?:terima kasih(?: (?:sebelumnya|banyak|ya|kak))*|makasih\w*(?: (?:sebelumnya|banyak|ya|kak))*|trims|mksh|thx|thanks?(?: (?:a lot|in advance|so much|you))*|mohon (?:bantuan|pencerahan|infonya)\w*|semoga membantu|hope (?:this|that|it) helps)[ .!🙏😊🙂]*$",
    re.IGNORECASE,
)
_STEP = re.compile(r"^\s*(?:\(?\d{1,2}[.):]\)?\s+|[-*•–]\s+|(?:langkah|step)\s+\d{1,2}\s*[:.-]\s*)(.+)$", re.IGNORECASE)
_INLINE_STEP = re.compile(r"(?:^|(?<=[\s;,.:]))\(?([1-9])[.)]\s+")
_ME_TOO = re.compile(
    r"^(?:sama(?: (?:nih|kak|saya juga|juga|di sini|di tempat (?:saya|kami)))?|saya juga(?: (?:sama|bingung|penasaran|mau tahu))?|aku juga|ikut (?:menyimak|nyimak|tanya)|nyimak|menyimak|up+|same(?: here| question| problem)?|me too|following|\+1|i have the same \w+)\b[ .!,]*(?:\w+[ .!,]*){0,4}$",
    re.IGNORECASE,
)
_REFERRAL = re.compile(
    r"\b(?:coba tanya|tanya(?:kan)? ke|ask (?:the|mr|ms|bu|pak)|mungkin (?:pak|bu|kak|mas|mbak) \w+ tahu|cc|colek|mention|i think \w+ knows|belum pernah|kurang tahu|tidak tahu|gak tahu|not sure either|no idea)\b",
    re.IGNORECASE,
)
_DOING = re.compile(
    r"\b(?:klik|buka|masuk(?:kan)?|pilih|isi|gunakan|pakai|tekan|ubah|ganti|hapus|simpan|centang|unggah|unduh|cetak|tempel|letakkan|bisa (?:lewat|dengan|pakai|langsung)|caranya|harus|sebaiknya|kalau di|biasanya|menurut|sesuai|karena"
    r"|click|open|choose|select|use|set|press|change|go to|enter|put|should|you (?:can|need|have)|must|because|usually|according|we (?:use|do|put|keep)|menu|nomor|tag|ruas|subfield|misalnya|for example|pastikan|make sure|cek|check)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Message:
    """One reply in a thread, in the order given. `accepted`: the asker or a reaction said that it helped."""

    id: str
    author: str
    text: str
    accepted: bool = False


@dataclass(frozen=True, slots=True)
class Capture:
    """The draft: which messages are the answer, and the item's words (CommonMark, one line breaks kept)."""

    answer_ids: tuple[str, ...]
    title: str
    problem: str
    solution: str
    steps: tuple[str, ...]


def capture(question_text: str, messages: Sequence[Message], asker: str = "") -> Capture:
    """Draft an item from a question and the replies to it. `asker`: their own messages answer only when they say how."""
    chosen = answers(question_text, messages, asker)
    problem = _core(clean_lines(question_text)) or clean(question_text)
    bodies = [_core(clean_lines(message.text)) for message in chosen]
    solution, steps = [], []
    for body in bodies:
        prose, found = _steps(body)
        solution += [prose] if prose else []
        steps += found
    return Capture(
        answer_ids=tuple(message.id for message in chosen),
        title=title_of(question_text),
        problem=problem,
        solution="\n\n".join(solution) or "\n".join(steps[:1]),
        steps=tuple(steps),
    )


def answers(question_text: str, messages: Sequence[Message], asker: str = "") -> tuple[Message, ...]:
    """The messages that are the answer: the accepted ones and what their writers added; without any, the likeliest."""
    topic = frozenset(terms(question_text).words)
    worth = {message.id: _worth(message, topic, asker) for message in messages}
    accepted = [message for message in messages if message.accepted]
    if accepted:
        writers = {message.author for message in accepted}
        return tuple(
            message for message in messages if message.accepted or (message.author in writers and worth[message.id] >= 1.0)
        )
    top = max(worth.values(), default=0.0)
    if top <= 0:
        return ()
    return tuple(message for message in messages if worth[message.id] >= max(0.6 * top, 0.5))


def title_of(question_text: str) -> str:
    """At most 90 characters: the sentence that asks, without greeting and thanks."""
    text = _core(clean(question_text)) or clean(question_text)
    sentences = [part.strip() for part in re.split(r"(?<=[.!?])\s+", text) if not is_blank(part)]
    asking = max(sentences, key=question_probability, default=text)
    asking = _core(asking) or asking
    return shorten(asking[:1].upper() + asking[1:], TITLE)


def _core(text: str) -> str:
    """Greeting and thanks cut off at both ends."""
    return _CLOSING.sub("", _GREETING.sub("", text, count=1)).strip(" ,;–—-\n")


def _worth(message: Message, topic: frozenset[str], asker: str) -> float:
    """How much of an answer a message is: on the topic, says what to do, long enough; not a question, thanks or "same here"."""
    text = clean(message.text)
    if is_blank(text) or is_thanks(text) or _ME_TOO.match(text):
        return 0.0
    own = frozenset(terms(text).words)
    points = min(len(own & topic), 4) * 0.3 + min(len(lexicon.split(text)), 30) / 30
    points += 0.8 * bool(_DOING.search(text)) + 0.8 * bool(_STEP.match(message.text) or _INLINE_STEP.search(text))
    points += 0.3 * ("http" in text or any(character.isdigit() for character in text))
    points -= 1.6 * question_probability(text) + 1.2 * bool(_REFERRAL.search(text)) + 1.0 * (message.author == asker)
    return max(points, 0.0)


def _steps(body: str) -> tuple[str, list[str]]:
    """The prose and the steps of a text: numbered or bulleted lines, or "1. … 2. …" in one line; at least two."""
    lines = body.splitlines()
    marked = [match[1].strip() if (match := _STEP.match(line)) else None for line in lines]
    if sum(step is not None for step in marked) >= 2:
        prose = [line for line, step in zip(lines, marked, strict=True) if step is None]
        return "\n".join(prose).strip(" \n"), [step for step in marked if step]
    places = [match for match in _INLINE_STEP.finditer(body)]
    if [match[1] for match in places] != [str(n) for n in range(1, len(places) + 1)] or len(places) < 2:
        return body, []
    ends = [match.start() for match in places[1:]] + [len(body)]
    steps = [body[match.end() : end].strip(" ;,\n") for match, end in zip(places, ends, strict=True)]
    return body[: places[0].start()].strip(), [step for step in steps if step]
