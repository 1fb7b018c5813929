"""What a scene is: a YAML file with the people, the channels, who belongs where, and what they do on which day."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.model.base import Language

SCENES = Path(__file__).parent / "scenes"
MORNING = 8 * 60  # minute of the day
GAP = 3  # minutes after the act before, for an act without a time of its own
_TIME = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"


class Part(BaseModel):
    """A part of a scene; a misspelt key is an error that names it."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Actor(Part):
    key: str
    name: str
    about: str = ""
    language: Language = "id"


class Room(Part):
    """A channel. `serves`: a community's name, "any" (questions go where they belong), or "" for none."""

    key: str
    name: str
    topic: str = ""
    serves: str = ""
    mode: str = "auto"


class Join(Part):
    """Somebody in a community, with what they say they know. `steward`: takes the lead."""

    who: str
    community: str
    knows: str = ""
    may_ask: bool = True
    steward: bool = False


class Act(Part):
    """One thing somebody does. `day` counts working days back from today (0), `time` is local, "HH:MM".

    `say` in `room` (or in the thread of `under`, an earlier act's `name`; with `room`, under the bot's post of it there);
    with `edit`, the earlier act's message says this now. `to`: a room whose community should get this question; the asker
    sees to it, whatever the bot offers first.
    `press` a button (an action, perhaps with `label` in its words) on the newest bot message that has it: in the thread of
    `under`, in `room`, or in private (`room: "@"`); `about`: words that the message must have; `optional`: only if it is there;
    `then`: a button of the sheet that opens; `fill`: fields of the form that opens, by name, choices by their words.
    `command`: a slash command, with `fill` for the form it opens. `react`: an emoji on the message named `under`.
    `overheard` False: old talk that the bot never gets.
    """

    who: str
    room: str = ""
    say: str = ""
    press: str = ""
    command: str = ""
    react: str = ""
    under: str = ""
    edit: str = ""
    to: str = ""
    name: str = ""
    day: Annotated[int, Field(ge=0)] = 0
    time: Annotated[str, Field(pattern=f"^$|{_TIME}")] = ""
    about: str = ""
    label: str = ""
    optional: bool = False
    then: str = ""
    fill: dict[str, str] = Field(default_factory=dict)
    overheard: bool = True

    @model_validator(mode="after")
    def _does_one_thing(self) -> Act:
        if len([done for done in (self.say, self.press, self.command, self.react) if done]) != 1:
            raise ValueError("an act is one of: say, press, command, react")
        return self

    @property
    def minute(self) -> int:
        """Of its day."""
        hour, minute = self.time.split(":")
        return int(hour) * 60 + int(minute)


class Scene(Part):
    """The acts in the order of their days and times, each on a day at a time."""

    people: tuple[Actor, ...]
    channels: tuple[Room, ...]
    joins: tuple[Join, ...] = ()
    acts: tuple[Act, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> Scene:
        for before, after in pairwise(self.acts):
            if (-before.day, before.minute) > (-after.day, after.minute):
                raise ValueError(f"day {after.day} {after.time} comes after day {before.day} {before.time}: {after.say[:40]}")
        return self

    @model_validator(mode="after")
    def _known(self) -> Scene:
        people, rooms = {p.key for p in self.people}, {r.key for r in self.channels} | {"", "@"}
        named: set[str] = set()
        for act in self.acts:
            if act.who not in people or not {act.room, act.to} <= rooms or not {act.under, act.edit} - {""} <= named:
                raise ValueError(f"nobody, nowhere or nothing of that name: {act.who} {act.room} {act.under}{act.edit}")
            named |= {act.name}
        return self


def timed(acts: list[dict[str, object]]) -> list[dict[str, object]]:
    """Acts without a day or a time of their own follow the act before by a few minutes."""
    done: list[dict[str, object]] = []
    day, minute = 0, MORNING
    for act in acts:
        before, day = day, int(str(act.get("day", day)))
        minute = minute if day == before else MORNING
        own = re.fullmatch(_TIME, str(act.get("time", "")))
        minute = int(own[0][:2]) * 60 + int(own[0][3:]) if own else min(minute + GAP, 24 * 60 - 1)
        done.append({"time": f"{minute // 60:02}:{minute % 60:02}", **act, "day": day})
    return done


def read_scene(name: str) -> Scene:
    """A scene shipped with Guyub. Pydantic's ValidationError names what is wrong."""
    found = yaml.safe_load((SCENES / f"{name}.yaml").read_text("utf-8"))
    return Scene.model_validate(found | {"acts": timed(found.get("acts", []))})
