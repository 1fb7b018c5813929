"""A form as a state machine: what is pressed and written, and what is shown then."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.telegram.form import STORED, pressed, refused, step_of, whole, wrote
from bot.doors import Shown
from bot.outcome import Choice, FieldErrors, OpenForm
from tests.telegram.forms import ONE, PLACE, PROFILE, WORDS, start


def test_the_whole_way() -> None:
    form = start()
    assert form.asked and form.asked.name == "knows"
    form = pressed(wrote(form, " denda,\n buku hilang ", 11), "k", 12)
    assert form.asked and form.asked.name == "topics"
    for n, act in enumerate(("o0", "o1", "d")):
        form = pressed(form, act, 13 + n)
    assert form.value("topics") == "c0"
    form = pressed(wrote(form, "sekali", 20), "y", 21)
    assert form.step == 5 and whole(form)
    assert dict(form.answered()) == {
        "knows": "denda, buku hilang", "about": "Lima tahun di meja depan.", "topics": "c0", "often": "1", "may_ask": "yes",
    }  # fmt: skip
    assert [row["value"] for row in step_of(form).data["rows"]][2:4] == ["Komunitas 0", "Sekali"]  # type: ignore[index,attr-defined]


def test_the_same_update_again_changes_nothing() -> None:
    form = wrote(start(), "denda", 11)
    assert wrote(form, "denda", 11) == form
    assert pressed(form, "k", 11) == form


def test_what_is_missing_or_too_long_is_asked_again() -> None:
    assert wrote(start(), "   ", 11).error == "telegram.form_empty"
    long = wrote(start(), "x" * 41, 11)
    assert (long.error, long.step) == ("telegram.form_long", 0)
    form = replace(start(), todo=(3, 4), done=(0,))
    assert wrote(form, "entah", 11).error == "telegram.form_pick"
    assert wrote(replace(form, todo=()), "apa?", 11).error == "telegram.form_pick"


def test_back_goes_back_and_errors_of_the_core_are_asked_again_in_turn() -> None:
    form = pressed(wrote(start(), "denda", 11), "b", 12)
    assert (form.step, form.value("knows")) == (0, "denda")
    assert pressed(start(), "b", 11).step == 0
    full = replace(start(), todo=(), done=(0, 1, 2, 3, 4))
    again = refused(full, Shown(FieldErrors((("about", "p.wrong"), ("knows", "p.wrong"))), WORDS))
    assert (again.todo, again.told, again.value("about")) == ((1, 0), "Terlalu umum.", "Lima tahun di meja depan.")
    next_one = wrote(again, "lebih jelas", 20)
    assert (next_one.step, next_one.told) == (0, "Terlalu umum.")
    assert wrote(next_one, "denda", 21).step == 5
    assert refused(full, Shown(FieldErrors((("none", "p.wrong"),)), WORDS)).told == "Terlalu umum."


def test_many_options_are_shown_in_pages() -> None:
    many = replace(PLACE, fields=(replace(PLACE.fields[0], choices=tuple(Choice(f"c{n}", f"K{n}") for n in range(45))),))
    form = start(many)
    acts = [key.act for row in step_of(form).rows for key in row]
    assert acts == [*(f"o{n}" for n in range(20)), "p1", "x"]
    form = pressed(form, "p2", 11)
    acts = [key.act for row in step_of(form).rows for key in row]
    assert acts == [*(f"o{n}" for n in range(40, 45)), "p1", "x"]
    assert pressed(pressed(form, "p9999", 12), "o44", 13).value("community") == "c44"


ACTS = st.sampled_from(
    ["k", "s", "d", "b", "y", "n", "o0", "o1", "o2", "o9", "p1", "p0", "g", "x", "", "o", "o\u0661", "zz"]
) | st.text(max_size=4)
DEEDS = st.lists(st.tuples(st.booleans(), ACTS, st.text(max_size=50)), max_size=40)


@settings(max_examples=300, deadline=None)
@given(DEEDS, st.sampled_from([PROFILE, ONE, PLACE]))
def test_whatever_is_pressed_and_written_the_form_stays_whole(deeds: list[tuple[bool, str, str]], kind: OpenForm) -> None:
    form = start(kind)
    for n, (press, act, text) in enumerate(deeds):
        form = pressed(form, act, 11 + n) if press else wrote(form, text, 11 + n)
        assert sorted((*form.todo, *form.done)) == list(range(len(form.fields)))
        assert STORED.validate_json(STORED.dump_json(form)) == form
        assert {name for name, _ in form.values} == {one.name for one in form.fields}
        step = step_of(form)
        assert all(len(f"#{'a' * 8}.{form.step}.{key.act}".encode()) <= 64 for row in step.rows for key in row)
        assert all(len(row) <= 8 for row in step.rows)
    for one in form.fields:
        behind = form.fields.index(one) in form.done
        assert not (one.required and behind) or form.value(one.name).strip()
        assert one.kind != "one" or form.value(one.name) in {"", one.value, *(value for value, _ in one.choices)}
