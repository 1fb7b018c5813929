"""Signs of a question in a chat line, as numbers for the regression of `intent`. Linear in the text's length."""

from __future__ import annotations

import re

from bot.triage import lexicon

_ASKING_ID = frozenset(
    [
        "apa",
        "apakah",
        "bagaimana",
        "mengapa",
        "kenapa",
        "kapan",
        "siapa",
        "berapa",
        "mana",
        "bagaimanakah",
        "adakah",
        "bisakah",
        "bolehkah",
        "dimanakah",
        "manakah",
        "siapakah",
        "kapankah",
        "apa2",
        "gimana",
        "benarkah",
        "perlukah",
        "haruskah",
        "apaan",
    ]
)
_ASKING_EN = frozenset(["what", "how", "why", "when", "who", "whom", "which", "where", "whose"])
_AUXILIARY = frozenset(
    [
        "is",
        "are",
        "was",
        "were",
        "do",
        "does",
        "did",
        "can",
        "could",
        "may",
        "shall",
        "should",
        "will",
        "would",
        "has",
        "have",
        "must",
        "am",
        "isnt",
        "arent",
        "doesnt",
        "dont",
        "cant",
        "havent",
        "wont",
    ]
)
_HELP = re.compile(
    r"\b(?:tolong|mohon (?:bantu\w*|info\w*|petunjuk|pencerahan|arahan|penjelasan|masukan|saran\w*|dibantu)|minta (?:tolong|bantu\w*|info\w*|saran|pencerahan|petunjuk|masukan|contoh)"
    r"|bantu(?:in)? (?:dong|ya|kak|saya)|butuh (?:bantu\w*|saran|info\w*|contoh|masukan)|perlu (?:bantu\w*|saran|info\w*|pencerahan)"
    r"|(?:ingin|mau|izin|ijin|numpang|mo|mw|nak) (?:tanya|bertanya|nanya)|tanya (?:dong|ya|kak|nih)|nanya|bertanya|ada yang (?:tahu|pernah|punya|bisa|sudah|paham|mengerti|ngerti)"
    r"|yang (?:tahu|paham|pernah|punya)|kasih tahu|beri tahu|bingung|penasaran|belum (?:tahu|paham|mengerti|ketemu)|tidak (?:tahu|paham|mengerti|ngerti)|pencerahan|saran dong|masukannya"
    r"|any ?(?:one|body|idea|ideas|tips|advice|suggestion|suggestions|recommendation|recommendations)|please (?:help|advise|explain)|help (?:me|us|please|with)|need (?:help|advice|some help|a hand)"
    r"|i (?:wonder|m wondering|am wondering)|wondering|not sure (?:how|what|whether|if|which|where)|(?:dont|do not|don t) (?:know|understand)|no idea|how to|cant (?:find|figure|seem|get)|confused|looking for|curious"
    r"|can (?:someone|anyone|you)|could (?:someone|anyone|you)|does (?:anyone|anybody|someone)|has (?:anyone|anybody)|trying to|struggling|stuck)\b"
)
_TROUBLE = re.compile(
    r"\b(?:tidak (?:bisa|muncul|ketemu|terbaca|keluar|jalan|mau|berhasil|sesuai|cocok)|galat|error|gagal|macet|hilang|rusak|belum (?:bisa|muncul|masuk)|selalu gagal"
    r"|(?:does|do|is|are|will|did|would)(?: not|nt|n t) \w+|wont|fails?|failing|broken|keeps? \w+ing|cannot|cant|kenapa ya)\b"
)
_TAIL_ID = re.compile(r"\b(?:ya|yah|yaa|kak|dong|sih|nih|tidak|belum|kah|deh|pak|bu|mas|mbak|apa)$")
_THANKS = re.compile(r"\b(?:terima kasih|thanks|thank you|thank|makasi\w*|trims|suwun|nuhun|appreciated)\b")
_NEWS = re.compile(
    r"\b(?:pengumuman|diumumkan|diberitahukan|mengingatkan|diingatkan|sekadar info\w*|sekedar info\w*|fyi|reminder|info(?:rmasi)? (?:saja|untuk)|kami (?:informasikan|sampaikan|mengundang|umumkan)|undangan|diundang|hadirilah"
    r"|announcement|please note|just a note|heads up|note that|will be (?:closed|open|held|down|available)|we are (?:happy|pleased)|akan (?:tutup|libur|diadakan|dilaksanakan|dimulai)|jangan lupa|dont forget"
    r"|berikut (?:ini|saya|kami|terlampir|adalah|link|notulen|daftar)|terlampir|silakan|silahkan|mohon (?:maaf|doa|hadir|perhatian|izin|segera|dapat)|is now (?:live|open|available)|sudah (?:saya|kami|selesai|dikirim|diunggah|diperbaiki|ditempel))\b"
)
_SOCIAL = re.compile(
    r"\b(?:selamat (?:pagi|siang|sore|malam|ulang tahun|hari|libur|bekerja|datang|bergabung|atas|tahun|menunaikan|lebaran|idul)|apa kabar|semangat|amin|aamiin|haha\w*|hehe\w*|wkwk\w*|hihi\w*|lol|congrats|congratulations|happy birthday|welcome|good (?:morning|afternoon|night|evening|job|luck)"
    r"|turut (?:berduka|bela)|semoga|get well|cie\w*|mantap|keren|setuju|sip|oke|siap|baik (?:kak|pak|bu)|sama sama|noted|agreed|nice|great (?:work|job|news)|how are you|see you|sampai (?:jumpa|ketemu)|hati hati|enak(?:nya)?|makan (?:siang|dulu)?|ngopi|kopi)\b"
)
_RHETORIC = re.compile(
    r"\b(?:siapa (?:sih )?yang tidak|siapa sangka|apa boleh buat|apa lagi|apalah|mau bagaimana lagi|bagaimana lagi|gimana lagi|kenapa tidak|apa pun|apapun|bukan main|kan\b.*\bkan|who knew|who doesnt|who cares|why not|how (?:nice|lovely|great|cute|sweet|about (?:lunch|coffee)|funny|cool|time)|what a|what an|isnt it great|guess what"
    r"|can you believe|seriously|beneran|masa sih|yang benar saja|ada ada saja|kapan (?:kita )?(?:makan|ngopi|kumpul|libur|gajian|healing)|sudah makan|makan apa|mau pesan apa|siapa (?:yang )?mau (?:ikut|kopi|titip))\b"
)
_OFFER = re.compile(
    r"\b(?:saya (?:sudah|akan|coba|juga)|kami (?:sudah|akan)|i (?:will|have|ve|just|already)|ill|ive|we (?:will|have|ve|just)|coba (?:saja|dulu|cek|buka|pakai|lewat)|try (?:the|to|using|this|it)|caranya (?:klik|buka|masuk|tinggal|ke)|bisa (?:lewat|lihat|langsung|di ?cek|hubungi|ke)|you (?:can|should|need|could)|kalau di (?:kami|tempat (?:saya|kami)))\b"
)


def features(text: str) -> dict[str, float]:
    """Feature → number, most of them 0.0 or 1.0, for a cleaned line."""
    tokens = _written(text)
    plain = " ".join(tokens)
    first, last = tokens[:3], text.rstrip(" \"')*_~").rstrip()[-1:]
    sentences = [part for part in re.split(r"[.!\n?]+", text) if part.strip()]
    starts = [_written(part)[:2] for part in sentences[:8]]
    asks_id = any(token in _ASKING_ID or (len(token) > 5 and token.endswith("kah")) for token in tokens)
    asks_en = any(token in _ASKING_EN for token in tokens)
    return {
        "one": 1.0,
        "mark": float("?" in text),
        "mark_last": float(last == "?"),
        "asks_id": float(asks_id),
        "asks_en": float(asks_en),
        "asks_first": float(any(token in _ASKING_ID or token in _ASKING_EN for token in first)),
        "starts_asking": float(any(start and start[0] in _ASKING_ID | _ASKING_EN for start in starts)),
        "starts_auxiliary": float(any(start and start[0] in _AUXILIARY for start in starts)),
        "help": float(bool(_HELP.search(plain))),
        "trouble": float(bool(_TROUBLE.search(plain))),
        "or_not": float(
            bool(re.search(r"\b(?:tidak|belum|nggak|or not|atau (?:tidak|belum))(?: (?:ya|kak|sih|pak|bu))*$", plain))
        ),
        "soft_tail": float(bool(_TAIL_ID.search(plain))),
        "library": min(len({token for token in tokens if token in _library()}), 3) / 3,
        "thanks": float(bool(_THANKS.search(plain))),
        "news": float(bool(_NEWS.search(plain))),
        "social": float(bool(_SOCIAL.search(plain))),
        "rhetoric": float(bool(_RHETORIC.search(plain))),
        "offer": float(bool(_OFFER.search(plain))),
        "exclaims": float(last == "!"),
        "short": float(len(tokens) <= 3),
        "long": float(len(tokens) > 35),
        "link": float("http" in text),
        "asks_and_library": float((asks_id or asks_en) and any(token in _library() for token in tokens)),
        "mark_and_social": float("?" in text and bool(_SOCIAL.search(plain))),
    }


def _written(text: str) -> list[str]:
    short = lexicon.abbreviations()
    return [word for token in lexicon.split(text) for word in short.get(token, (token,))]


def _library() -> frozenset[str]:
    return lexicon.library_words()
