"""A form's fields as Slack's inputs, and what was filled in back again. Pure.

An input holds 3,000 characters and a list 100 options. What is longer is spread over several inputs, which come back as one;
what is more is sorted into groups. A field's block is named `field`, or `field|n|joint` for its n-th part.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from slack_sdk.models.blocks import (
    CheckboxesElement,
    InputBlock,
    Option,
    OptionGroup,
    PlainTextInputElement,
    RadioButtonsElement,
    StaticMultiSelectElement,
    StaticSelectElement,
)
from slack_sdk.models.blocks.block_elements import InputInteractiveElement

from adapters.slack.payload import Json, clean, items, obj, text
from bot.outcome import Choice, Field

LONGEST_INPUT, LONGEST_LABEL, LONGEST_OPTION, LONGEST_VALUE = 3000, 2000, 75, 150
MOST_OPTIONS, MOST_BUTTONS = 100, 5
PART = re.compile(r"[^|]+\|\d{1,3}\|[nse]")
JOINTS = {"n": "\n", "s": " ", "e": ""}
ENTRY = "entry"  # every input's action id


def cut(words: str, longest: int) -> str:
    """For labels, which Slack refuses beyond a length: an ellipsis says that there was more."""
    words = clean(words)
    return words if len(words) <= longest else words[: longest - 1].rstrip() + "…"


def inputs(field: Field, words: Callable[[str], str]) -> Iterator[InputBlock]:
    """`words`: template key → text in the reader's language."""
    if field.kind in ("one", "many") and not field.choices:
        return  # Slack knows no list without options
    label = words(field.label) or field.name
    hint = words(field.hint) if field.hint else ""
    parts = list(_parts(field.value)) if field.kind in ("line", "text") else [("", "e")]
    for number, (value, joint) in enumerate(parts):
        name = field.name if len(parts) == 1 else f"{field.name}|{number}|{joint}"
        shown = label if len(parts) == 1 else f"{cut(label, LONGEST_LABEL - 12)} ({number + 1}/{len(parts)})"
        yield InputBlock(
            block_id=name[:255],
            label=cut(shown, LONGEST_LABEL),
            hint=cut(hint, LONGEST_LABEL) if hint and number == 0 else None,
            element=_element(field, value, cut(label, LONGEST_OPTION)),
            optional=not field.required or number > 0,
        )


def _parts(value: str) -> Iterator[tuple[str, str]]:
    """Texts that fit into one input each, and how each was joined to the one after it."""
    rest = clean(value)
    while len(rest) > LONGEST_INPUT:
        at, joint = rest.rfind("\n", 1, LONGEST_INPUT), "n"
        if at < LONGEST_INPUT // 2:
            at, joint = rest.rfind(" ", 1, LONGEST_INPUT), "s"
        if at < LONGEST_INPUT // 2:
            at, joint = LONGEST_INPUT, "e"
        yield rest[:at], joint
        rest = rest[at + len(JOINTS[joint]) :]
    yield rest, "e"


def _element(field: Field, value: str, label: str) -> InputInteractiveElement:
    match field.kind:
        case "line" | "text":
            longest = min(max(field.longest, len(value), 1), LONGEST_INPUT)
            several = field.kind == "text" or "\n" in value
            return PlainTextInputElement(action_id=ENTRY, initial_value=value or None, multiline=several, max_length=longest)
        case "tick":
            yes = Option(value="yes", text=label)
            return CheckboxesElement(action_id=ENTRY, options=[yes], initial_options=[yes] if field.value else None)
        case "one":
            return _one(field)
        case "many":
            return _many(field)


def _one(field: Field) -> InputInteractiveElement:
    options = [_option(choice) for choice in field.choices]
    chosen = next((one for one in options if one.value == field.value and one.value), None)
    if len(options) <= MOST_BUTTONS and field.required:
        return RadioButtonsElement(action_id=ENTRY, options=options, initial_option=chosen)
    if len(options) <= MOST_OPTIONS:
        return StaticSelectElement(action_id=ENTRY, options=options, initial_option=chosen)
    return StaticSelectElement(action_id=ENTRY, option_groups=_groups(options), initial_option=chosen)


def _many(field: Field) -> InputInteractiveElement:
    options, values = [_option(choice) for choice in field.choices], set(field.value.split("\n"))
    chosen = [one for one in options if one.value in values] or None
    if len(options) <= MOST_BUTTONS:
        return CheckboxesElement(action_id=ENTRY, options=options, initial_options=chosen)
    if len(options) <= MOST_OPTIONS:
        return StaticMultiSelectElement(action_id=ENTRY, options=options, initial_options=chosen)
    return StaticMultiSelectElement(action_id=ENTRY, option_groups=_groups(options), initial_options=chosen)


def _option(choice: Choice) -> Option:
    if len(choice.value) > LONGEST_VALUE:
        raise ValueError("an option's value is too long for Slack")
    return Option(value=choice.value or "-", text=cut(choice.label, LONGEST_OPTION) or choice.value)


def _groups(options: list[Option]) -> list[OptionGroup]:
    """A hundred each, named by their first and last."""
    rows = [options[at : at + MOST_OPTIONS] for at in range(0, len(options), MOST_OPTIONS)]
    return [OptionGroup(label=f"{_label(row[0])} … {_label(row[-1])}", options=row) for row in rows]


def _label(option: Option) -> str:
    return cut(str(option.to_dict()["text"]["text"]), 30)


def submitted(values: Json) -> tuple[tuple[str, str], ...]:
    """A view's state → field and text, parts put together again, in the order in which the form shows them."""
    found: dict[str, dict[int, tuple[str, str]]] = {}
    for block in values:
        name, number, joint = block.split("|") if PART.fullmatch(block) else (block, "0", "e")
        found.setdefault(name, {})[int(number)] = (_filled(obj(obj(values, block), ENTRY)), JOINTS[joint])
    return tuple((name, _joined([parts[n] for n in sorted(parts)])) for name, parts in found.items())


def _joined(parts: list[tuple[str, str]]) -> str:
    return "".join(words + joint for words, joint in parts[:-1]) + parts[-1][0]


def _filled(entry: Json) -> str:
    chosen = obj(entry, "selected_option")
    several = items(entry, "selected_options")
    if chosen or several:
        values = [text(one, "value") for one in (chosen, *several) if one]
        return "\n".join("" if value == "-" else value for value in values)
    return text(entry, "value")
