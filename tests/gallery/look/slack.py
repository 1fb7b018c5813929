"""Block Kit JSON → HTML that looks about as Slack shows it. From the payload alone: what is not in it is not in the picture."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

Json = Mapping[str, Any]
TAGS = {"bold": "b", "italic": "i", "strike": "s", "code": "code"}


def shown(call: Json) -> str:
    """One call: a message, a whisper, a modal, a home page, a file."""
    method = call["method"]
    if method == "files.completeUploadExternal":
        return _message(f'<div class="file"><span>PDF</span>{escape(call["title"])}</div>', "")
    if method == "views.publish":
        return f'<div class="home"><div class="tabs"><b>Home</b> Messages About</div>{blocks(call["view"]["blocks"])}</div>'
    if "view" in call:
        return _modal(call["view"], call.get("answer", {}).get("errors", {}))
    only = "👁 Only visible to you" if method == "chat.postEphemeral" else ""
    return _message(blocks(call["blocks"]), only)


def _message(body: str, only: str) -> str:
    note = f'<div class="only">{only}</div>' if only else ""
    head = '<div class="head"><b>Guyub</b><span class="app">APP</span><span class="time">9:00</span></div>'
    inner = f'{note}<div class="avatar">G</div><div class="body">{head}{body}</div>'
    return f'<div class="msg{" whisper" if only else ""}">{inner}</div>'


def _modal(view: Json, errors: Json) -> str:
    if not view.get("title"):
        return "".join(f'<div class="error">{escape(text)}</div>' for text in errors.values())
    close, submit = (f'<span class="button {look}">{_words(view[name])}</span>' if view.get(name) else "" for name, look in (
        ("close", ""), ("submit", "primary")))  # fmt: skip
    title = f'<div class="title"><b>{_words(view["title"])}</b><span class="x">×</span></div>'
    inner = f'<div class="inner">{blocks(view["blocks"], errors)}</div>'
    return f'<div class="modal">{title}{inner}<div class="foot">{close}{submit}</div></div>'


def blocks(found: Iterable[Json], errors: Json = {}) -> str:  # noqa: B006
    return "".join(_block(one, errors) for one in found)


def _block(block: Json, errors: Json) -> str:
    match block["type"]:
        case "rich_text":
            return "".join(_rich(one) for one in block["elements"])
        case "actions":
            return f'<div class="actions">{"".join(_element(one) for one in block["elements"])}</div>'
        case "divider":
            return "<hr>"
        case "section" if "text" in block:
            side = _element(block["accessory"]) if "accessory" in block else ""
            return f'<div class="p section"><div>{_words(block["text"])}</div>{side}</div>'
        case "header":
            return f'<div class="header">{_words(block["text"])}</div>'
        case "context":
            return f'<div class="context">{" ".join(_words(one) for one in block["elements"])}</div>'
        case "input":
            return _input(block, errors.get(block.get("block_id", ""), ""))
    return f'<div class="unknown">{escape(str(dict(block)))}</div>'


def _words(text: Json) -> str:
    return escape(str(text.get("text", ""))).replace("\n", "<br>")


def _rich(one: Json) -> str:
    kind = one["type"]
    if kind == "rich_text_list":
        items = "".join(f"<li>{_inline(item['elements'])}</li>" for item in one["elements"])
        style = f'style="margin-left:{24 * one.get("indent", 0)}px"'
        tag, start = ("ul", "") if one["style"] == "bullet" else ("ol", f' start="{one.get("offset", 0) + 1}"')
        return f"<{tag} {style}{start}>{items}</{tag}>"
    tag = {"rich_text_quote": "blockquote", "rich_text_preformatted": "pre"}.get(kind, "div")
    return f'<{tag} class="p">{_inline(one["elements"])}</{tag}>'


def _inline(elements: Iterable[Json]) -> str:
    return "".join(_span(one) for one in elements)


def _span(one: Json) -> str:
    match one["type"]:
        case "user":
            made = f'<span class="mention">@{escape(str(one["user_id"]).removeprefix("U0").title())}</span>'
        case "link":
            made = f"<a>{escape(one.get('text') or one['url'])}</a>"
        case "text":
            made = escape(one["text"]).replace("\n", "<br>")
        case _:
            made = f'<span class="unknown">{escape(str(dict(one)))}</span>'
    for name, tag in TAGS.items():
        if one.get("style", {}).get(name):
            made = f"<{tag}>{made}</{tag}>"
    return made


def _input(block: Json, error: str) -> str:
    optional = '<span class="optional"> (optional)</span>' if block.get("optional") else ""
    hint = f'<div class="hint">{_words(block["hint"])}</div>' if block.get("hint") else ""
    wrong = f'<div class="error">{escape(error)}</div>' if error else ""
    return (
        f'<div class="input"><label>{_words(block["label"])}{optional}</label>{_element(block["element"])}{wrong}{hint}</div>'
    )


def _element(one: Json) -> str:
    match one["type"]:
        case "button":
            return f'<span class="button {one.get("style", "")}">{_words(one["text"])}</span>'
        case "plain_text_input":
            tall = " tall" if one.get("multiline") else ""
            return f'<div class="field{tall}">{escape(one.get("initial_value") or "").replace(chr(10), "<br>")}</div>'
        case "checkboxes" | "radio_buttons":
            chosen = [o["value"] for o in one.get("initial_options") or [one.get("initial_option") or {"value": None}]]
            mark = "box" if one["type"] == "checkboxes" else "dot"
            rows = (
                f'<div class="{mark}{" on" if o["value"] in chosen else ""}">{_words(o["text"])}</div>' for o in one["options"]
            )
            return "".join(rows)
        case "static_select" | "multi_static_select":
            found = one.get("initial_options") or ([one["initial_option"]] if one.get("initial_option") else [])
            words = ", ".join(_words(o["text"]) for o in found) or "Select an option"
            return f'<div class="field select">{words}<span>⌄</span></div>'
    return f'<span class="unknown">{escape(str(dict(one)))}</span>'
