"""What could not be shown at once (the budget ran out, or it came by a message) is said to the person where they are."""

from __future__ import annotations

from bot.desk import Desk
from bot.events import Commanded, Marked, Pressed
from bot.outcome import Button, FieldErrors, Now, OpenForm, Say, Sheet, Toast

FORM = "command"  # the button that runs a command again, this time with something that a form can open on


def afterwards(now: Now, desk: Desk) -> tuple[Say, ...]:
    """The same words as a message to the person alone; for a form, a button that opens it."""
    if desk.event.place is None or desk.event.account is None:
        return ()
    match now:
        case Toast(template, data, language):
            return (Say(desk.here, template, data, language),)
        case Sheet(template, data, language, buttons):
            return (Say(desk.here, template, data, language, buttons),)
        case FieldErrors(errors, data, language):
            return tuple(Say(desk.here, key, data, language) for _, key in errors[:1])
        case OpenForm(language=language) if isinstance(desk.event.what, Marked):
            return (Say(desk.here, "mark.again", {}, language),)
        case OpenForm(language=language):
            return tuple(Say(desk.here, "help.form", {}, language, (button,)) for button in _opening(desk))


def _opening(desk: Desk) -> tuple[Button, ...]:
    match desk.event.what:
        case Commanded(name, args):
            return (Button(FORM, f"{name} {args}"[:200].strip(), "help.button_form", style="good"),)
        case Pressed(action, value):
            return (Button(action, value, "help.button_form", style="good"),)
        case _:
            return ()
