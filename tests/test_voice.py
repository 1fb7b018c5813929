"""Every word is there, in both languages, with the variables that the code gives."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, nodes

from bot.features import ALL
from bot.model.library import Library
from bot.model.question import State
from bot.outcome import Choice, Field, FieldErrors, OpenForm, Sheet, Toast
from bot.registry import Routes
from bot.show import plain, show
from bot.voice import Voice
from tests.words import CASES

ROOT = Path(__file__).parent.parent
LANGUAGES = ("id", "en")
VOICE = Voice(Library("demo", "Perpustakaan Contoh"))
KEYS = frozenset(key for _, key in VOICE.sources)
FILES = frozenset(key.split(".")[0] for key in KEYS)
KEY = re.compile(r"[a-z_]+\.[a-z0-9_]+")
EVERYWHERE = {"library", "say", "you", "kak", "loop"}

# ---- keys ------------------------------------------------------------------------------------------------------------

TOPICS = {"Then", "Later", "Happened", "watches", "due", "exception", "warning", "info"}  # their strings are no templates
TO_CLOSE = {"forgotten", "withdrawn"}  # settling.close(…, why)
TO_PLACE = {"routed", "chosen", "moved"}  # placing.place(…, how)


def sources() -> list[ast.Module]:
    folders = (
        "bot/features",
        "bot/flow",
        "bot/importing",
        "bot/rehearse",
        "adapters/exports",
        "adapters/slack",
        "adapters/telegram",
    )
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    files += [
        ROOT / "bot" / name for name in ("app.py", "dispatch.py", "errors.py", "afterwards.py", "import_cli.py", "outbox.py")
    ]
    return [ast.parse(path.read_text("utf-8")) for path in files]


def called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else call.func.attr if isinstance(call.func, ast.Attribute) else ""


def strings(node: ast.AST) -> Iterator[str]:
    """String constants below a node, topics left out; `steward.mode_{m}` as `steward.mode_*`."""
    if isinstance(node, ast.Call) and called(node) in TOPICS:
        return
    if isinstance(node, ast.JoinedStr):
        yield "".join(str(v.value) if isinstance(v, ast.Constant) else "*" for v in node.values)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    else:
        for child in ast.iter_child_nodes(node):
            yield from strings(child)


def noted() -> set[str]:
    """Every step that a question's trace may hold."""
    steps = ("noted", "Step")
    calls = [c for tree in sources() for c in ast.walk(tree) if isinstance(c, ast.Call) and called(c) in steps]
    second = [c.args[1] for c in calls if len(c.args) > 1]
    return {a.value for a in second if isinstance(a, ast.Constant) and isinstance(a.value, str)} | TO_CLOSE | TO_PLACE


def named() -> set[str]:
    """Every key that the code names."""
    found = {s for tree in sources() for s in strings(tree) if s.split(".")[0] in FILES}
    whole = {s for s in found if KEY.fullmatch(s)}
    patterns = [re.compile(re.escape(s).replace(r"\*", ".+")) for s in found if "*" in s and s.count(".") == 1]
    several = {key for pattern in patterns for key in KEYS if pattern.fullmatch(key)}
    commands = {key for c in Routes(ALL).commands for key in (c.usage, c.help)}
    return whole | several | commands | {f"why.{what}" for what in noted()} | {f"why.state_{state}" for state in State}


def parts() -> set[str]:
    """Templates that other templates say."""
    return {found for source in VOICE.sources.values() for found in re.findall(r'say\("([a-z_.]+[a-z])"', source)}


def test_every_key_that_the_code_names_is_there_in_both_languages() -> None:
    assert len(named()) > 200
    assert sorted((key, lang) for key in named() | parts() for lang in LANGUAGES if (lang, key) not in VOICE.sources) == []


def test_no_words_are_left_over() -> None:
    assert sorted(KEYS - named() - parts()) == []


# ---- variables -------------------------------------------------------------------------------------------------------


def variables(key: str, language: str) -> set[str]:
    """What a template must be given, the templates that it says with its own variables included."""
    tree = Environment().parse(VOICE.sources[language, key])
    names = list(tree.find_all(nodes.Name))
    own = {n.name for n in names if n.ctx == "load"} - {n.name for n in names if n.ctx != "load"} - EVERYWHERE
    inner = [c.args[0] for c in tree.find_all(nodes.Call) if isinstance(c.node, nodes.Name) and len(c.args) == 1]
    return own.union(*(variables(str(arg.value), language) for arg in inner if isinstance(arg, nodes.Const)))


def given_literally(call: ast.Call) -> tuple[str, set[str]] | None:
    """The key and the data's names where a call gives both in plain sight."""
    key = next((a.value for a in call.args if isinstance(a, ast.Constant) and KEY.fullmatch(str(a.value))), None)
    if key not in KEYS:
        return None
    if called(call) == "Kindly":
        return str(key), {k.arg for k in call.keywords if k.arg}
    tables = [a for a in call.args if isinstance(a, ast.Dict)]
    if len(tables) != 1 or not all(isinstance(k, ast.Constant) for k in tables[0].keys):
        return None
    return str(key), {str(k.value) for k in tables[0].keys if isinstance(k, ast.Constant)}


def test_what_the_code_gives_is_what_the_words_need() -> None:
    calls = [given_literally(c) for tree in sources() for c in ast.walk(tree) if isinstance(c, ast.Call)]
    known = [pair for pair in calls if pair]
    assert len(known) > 40
    assert [(key, lang, need) for key, data in known for lang in LANGUAGES if (need := variables(key, lang) - data)] == []


class Recording(Voice):
    """Remembers what it was asked to say."""

    def __call__(self, template: str, data: Mapping[str, object], language: Any) -> str:
        self.__dict__.setdefault("said", set()).add((language, template))
        return super().__call__(template, data, language)


def test_every_template_renders_with_real_data() -> None:
    voice = Recording(VOICE.library)
    for language in LANGUAGES:
        for case in CASES:
            assert voice(case.key, case.data, language) or case.data
        for key in KEYS:
            if not variables(key, language):
                assert voice(key, {}, language)
    assert sorted(set(VOICE.sources) - voice.__dict__["said"]) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_are_short_enough_for_every_door(language: Any) -> None:
    long = {"title": "Sangat panjang sekali " * 9, "name": {"id": "Koleksi langka " * 9, "en": "Rare books " * 9}, "number": 5}
    for key in KEYS:
        words = plain(VOICE(key, long, language)) if ".button_" in key else ""
        assert len(words) <= 40, key
        title = plain(VOICE(key, {}, language)) if key.endswith(("_title", "form_submit", "reject_submit")) else ""
        assert len(title) <= 24 or key == "review.field_title", key


# ---- what is shown at once -------------------------------------------------------------------------------------------


def test_fields_of_one_template_show_each_their_own_words() -> None:
    fields = tuple(
        Field(f"knows:{n}", "line", "profile.field_knows", hint="find.hint_text", data={"community": name})
        for n, name in enumerate(("Sirkulasi", "Pengadaan [x](y)"))
    )
    cap = Field("away", "one", "profile.field_away", choices=(Choice("no", key="profile.away_no"), Choice("x", "X*")))
    shown = show(OpenForm("profile", "", "profile.form_title", (*fields, cap), "profile.form_submit", "profile.intro"), VOICE)
    assert isinstance(shown.now, OpenForm)
    labels = [shown.words[f.label] for f in shown.now.fields]
    assert labels == ["Yang saya kuasai di Sirkulasi", "Yang saya kuasai di Pengadaan [x](y)", "Perlu istirahat dulu?"]
    assert all(shown.words[f.hint] for f in shown.now.fields if f.hint)
    assert [c.label for c in shown.now.fields[2].choices] == ["Tidak, boleh ditanyai", "X*"]
    assert {"profile.form_title", "profile.form_submit", "profile.intro"} <= shown.words.keys()


def test_toasts_and_field_errors_are_plain_and_sheets_are_marked_up() -> None:
    toast = show(Toast("helpers.referred", {"name": "Sari *S*"}), VOICE)
    assert toast.words["helpers.referred"].endswith("Kak Sari *S*.")
    errors = show(FieldErrors((("title", "error.required"),)), VOICE)
    assert errors.words == {"error.required": "Bagian ini perlu diisi."}
    sheet = show(Sheet("find.item", next(c.data for c in CASES if c.key == "find.item")), VOICE)
    assert sheet.words["find.item"].startswith("**")


# ---- how people are spoken to ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address_as", "name", "words"),
    [
        ("kak", "Sari", "Kak Sari"),
        ("kak", "Bu Dewi", "Bu Dewi"),
        ("bapak_ibu", "Sari", "Bapak/Ibu Sari"),
        ("anda", "Sari", "Sari"),
    ],
)
def test_names_are_spoken_as_the_library_likes(address_as: str, name: str, words: str) -> None:
    voice = Voice(Library("demo", "Perpustakaan Contoh", address_as=address_as))
    assert voice("helpers.referred", {"name": name}, "id").endswith(f" {words}.")
    assert voice("helpers.referred", {"name": name}, "en").endswith(f" {name}.")


def test_times_are_those_of_the_library() -> None:
    voice = Voice(Library("demo", "Perpustakaan Contoh", timezone="Asia/Makassar"))
    data = next(c.data for c in CASES if c.key == "card.open" and c.data["until"]) | {"until": "2026-12-10T07:00:00+00:00"}
    assert "Kamis, 15.00 WITA" in voice("card.open", data, "id")
    assert "Thursday, 15:00 WITA" in voice("card.open", data, "en")


def test_a_missing_field_is_an_error_of_ours(tmp_path: Path) -> None:
    from jinja2 import UndefinedError

    with pytest.raises(UndefinedError):
        VOICE("helpers.referred", {}, "id")
    with pytest.raises(KeyError):
        VOICE("helpers.nowhere", {}, "id")
    for language in LANGUAGES:
        (tmp_path / language).mkdir()
        (tmp_path / language / "ask.yaml").write_text("broken: '{{ name'", "utf-8")
    with pytest.raises(ValueError, match=r"ask\.broken"):
        Voice(VOICE.library, tmp_path)("ask.broken", {}, "id")
