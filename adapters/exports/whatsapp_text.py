"""What WhatsApp itself writes into an export, in Indonesian and English: notices, deletions, files, edits; numbers masked."""

from __future__ import annotations

import re
from dataclasses import dataclass

from adapters.exports.whatsapp_lines import unmarked

_EDITED = ("<pesan ini diedit>", "<this message was edited>")
_DELETED = (
    *(
        "pesan ini dihapus",
        "pesan ini telah dihapus",
        "pesan telah dihapus",
        "anda menghapus pesan ini",
        "kamu menghapus pesan ini",
    ),
    *("this message was deleted", "you deleted this message", "menunggu pesan ini", "waiting for this message", "null"),
)
_KINDS = (
    "media",
    "gambar",
    "foto",
    "video",
    "audio",
    "stiker",
    "gif",
    "dokumen",
    "kartu kontak",
    "catatan video",
    "pesan suara",
)
_KINDS_EN = ("media", "image", "video", "audio", "sticker", "gif", "document", "contact card", "video note", "voice message")
_OMITTED = frozenset((*(f"{kind} tidak disertakan" for kind in _KINDS), *(f"{kind} omitted" for kind in _KINDS_EN)))
_DOCUMENT_OMITTED = (" dokumen tidak disertakan", " document omitted")
_ATTACHED = (" (file terlampir)", " (file attached)", " (berkas terlampir)")
_INLINE = re.compile(r"<(?:terlampir|attached|lampiran): ?([^<>]{1,250})>")

#: Notices that stand behind a name as if somebody had said them
_ALWAYS = (
    *("pesan dan panggilan terenkripsi", "pesan dan telepon terenkripsi", "pesan dan panggilan kini terenkripsi"),
    *("messages and calls are end-to-end encrypted", "messages to this group are now secured with end-to-end"),
    *("panggilan suara tak terjawab", "panggilan video tak terjawab", "missed voice call", "missed video call"),
    *("pesan ini dihapus oleh admin", "this message was deleted by admin", "menunggu pesan ini.", "waiting for this message."),
)
#: Verbs of notices: behind a direction mark, under the group's own name, or before the colon of a quoted subject
_DEEDS = re.compile(
    r"\b(?:membuat (?:grup|komunitas)|menambahkan|mengeluarkan|mengubah (?:subjek|nama|ikon|deskripsi|setelan|pengaturan|nomor)"
    r"|mengganti nomor|bergabung (?:menggunakan|dari|melalui)|keluar$|menyematkan pesan|sekarang (?:adalah )?admin"
    r"|kode keamanan|pesan sementara|menghapus (?:ikon|deskripsi)|created (?:this )?group|added|removed"
    r"|changed (?:the|this|their|to)|joined using|left$"
    r"|pinned a message|now an admin|security code|disappearing messages|deleted this group)"
)
_MENTION = re.compile(r"@(\+?\d{8,15})\b")
#: As phones write numbers: WhatsApp's own hyphens do not break (U+2011)
_PHONE = re.compile(r"\+?\(?\d(?:[ ().\u2010-\u2013/-]{0,2}\d){6,17}")


@dataclass(frozen=True, slots=True)
class Body:
    """A message's words and the names of its files ("" where WhatsApp did not say)."""

    text: str
    files: tuple[str, ...]
    edited: bool


def is_notice(author: str, text: str, group: str) -> bool:
    """Whether WhatsApp said it, not the person. `text` with its marks."""
    plain = unmarked(text).strip().casefold()
    if plain.startswith(_ALWAYS):
        return True
    if _DEEDS.search(author.casefold()) and ('"' in author or "“" in author or "”" in text or '"' in text):
        return True
    return bool((text.startswith("\u200e") or author == group) and _DEEDS.search(plain[:200]))


def body(lines: list[str]) -> Body | None:
    """A message's lines (with marks) as words and files; None for a deleted one."""
    kept: list[str] = []
    files: list[str] = []
    edited = False
    for line in lines:
        plain = unmarked(line).rstrip()
        folded = plain.casefold()
        for mark in _EDITED:
            if folded.endswith(mark):
                edited, plain = True, plain[: -len(mark)].rstrip()
                folded = plain.casefold()
        rest, file = _attachment(plain, folded)
        if file is not None:
            files.append(file)
        if file is None or rest:
            kept.append(rest)
    text = _MENTION.sub(lambda found: "@" + masked(found[1]), "\n".join(kept)).strip()
    if text.casefold().rstrip(".… ") in _DELETED:
        return None
    return Body(text, tuple(file for file in files if file), edited)


def _attachment(line: str, folded: str) -> tuple[str, str | None]:
    """A line without its note about a file, and the file's name; None when it has no such note."""
    if found := _INLINE.search(line):
        rest = line[: found.start()] + line[found.end() :]
        return ("" if "•" in rest else rest.strip()), found[1].strip()
    for tail in _ATTACHED:
        if folded.endswith(tail):
            return "", line[: -len(tail)].strip()
    if folded.strip("<>. ") in _OMITTED:
        return "", ""
    if "•" in line and folded.endswith(_DOCUMENT_OMITTED):
        return "", line.partition("•")[0].strip()
    return line, None


def author(raw: str) -> str:
    """A name as the phone knew it; "~" stands before those it did not know. Numbers in it are masked."""
    return _PHONE.sub(lambda found: masked(found[0]), unmarked(raw).strip().lstrip("~").strip())


def masked(number: str) -> str:
    """A phone number that reveals nobody: "+62 812-••••-7890". At least four digits are hidden, the last four shown."""
    if number.lstrip("+").isdigit() and len(number) > 9:  # written without gaps, as in mentions
        bare = number.lstrip("+")
        head = bare[:4] if bare.startswith("0") else f"+{bare[:2]} {bare[2:5]}"
        number = f"{head}-{bare[4 if bare.startswith('0') else 5 : -4]}-{bare[-4:]}"
    places = [at for at, c in enumerate(number) if c.isdigit()]
    hidden = set(places[max(min(5, len(places) - 8), 0) : -4])
    return "".join("•" if at in hidden else "-" if c in "\u2010\u2011\u2012\u2013" else c for at, c in enumerate(number))
