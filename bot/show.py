"""A `Now` made ready to show: every template key that it names, rendered."""

from __future__ import annotations

from dataclasses import replace

from bot.doors import Label, Shown
from bot.model.base import Language
from bot.outcome import Button, Data, Field, FieldErrors, Now, OpenForm, Sheet, Toast
from bot.voice import Voice


def label(button: Button, voice: Voice, language: Language) -> Label:
    """A button's words. Labels are plain text, so the escapes of CommonMark are taken back."""
    return Label(plain(voice(button.label, button.data, language)), button.action, button.value, button.style)


def plain(words: str) -> str:
    """CommonMark's backslash escapes undone: for labels, titles and hints, which are shown as they are."""
    out, skip = [], False
    for mark in words:
        if mark == "\\" and not skip:
            skip = True
            continue
        out.append(mark)
        skip = False
    return "".join(out)


def show(now: Now, voice: Voice) -> Shown:
    """The words of a form, its errors, a toast or a sheet, by template key."""
    match now:
        case Toast(template, data, language):
            return Shown(now, {template: plain(voice(template, data, language))})
        case Sheet(template, data, language, buttons):
            return Shown(now, {template: voice(template, data, language)}, tuple(label(b, voice, language) for b in buttons))
        case FieldErrors(errors, data, language):
            return Shown(now, _plain({key for _, key in errors}, data, language, voice))
        case OpenForm():
            fields = tuple(_own_words(_chosen(f, now, voice)) for f in now.fields)
            words = _plain({now.title, now.submit}, now.data, now.language, voice)
            for before, field in zip(now.fields, fields, strict=True):
                words |= _field_words(before, field, now, voice)
            if now.intro:
                words[now.intro] = voice(now.intro, now.data, now.language)
            return Shown(replace(now, fields=fields), words)


def _chosen(field: Field, form: OpenForm, voice: Voice) -> Field:
    """The field with its options' words filled in."""
    choices = tuple(replace(c, label=plain(voice(c.key, form.data, form.language))) if c.key else c for c in field.choices)
    return replace(field, choices=choices)


def _own_words(field: Field) -> Field:
    """Fields that share a template but not its data get keys of their own, so that each finds its words."""
    if not field.data:
        return field
    return replace(field, label=f"{field.label}#{field.name}", hint=f"{field.hint}#{field.name}" if field.hint else "")


def _field_words(before: Field, field: Field, form: OpenForm, voice: Voice) -> dict[str, str]:
    pairs = ((before.label, field.label), (before.hint, field.hint))
    data = {**form.data, **before.data}
    return {shown: plain(voice(key, data, form.language)) for key, shown in pairs if key}


def _plain(keys: set[str], data: Data, language: Language, voice: Voice) -> dict[str, str]:
    return {key: plain(voice(key, data, language)) for key in keys}
