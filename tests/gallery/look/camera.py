"""Contact sheets in headless Chromium: Indonesian in a light theme, English in a dark one, a few scenes to a sheet.

Pictures are stored with 24 colours, chosen in the page itself: a fifth of the bytes, and no library for it.
"""

from __future__ import annotations

import base64
import re
import struct
import zlib
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.e2e.running import browser
from tests.gallery.look import slack, telegram
from tests.gallery.pages import LANGUAGES, Row, gallery

STYLE = (Path(__file__).parent / "style.css").read_text("utf-8")
WIDTH, TALLEST = {"slack": 1080, "telegram": 1624}, 1700
SCALE = 0.75
VARIANT = re.compile(r", \d+$")  # the same template with other data: in the text files, not in the pictures
PER_LINE = {"slack": 1, "telegram": 2}
SHOWN: dict[str, Callable[[Any], str]] = {"slack": slack.shown, "telegram": telegram.shown}

FEW_COLOURS = """async ({src}) => {
  const image = new Image(); image.src = src; await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height), g = canvas.getContext('2d', {willReadFrequently: true});
  g.drawImage(image, 0, 0);
  const data = new Uint32Array(g.getImageData(0, 0, image.width, image.height).data.buffer), count = new Map();
  for (const c of data) count.set(c, (count.get(c) || 0) + 1);
  const all = [...count].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(one => one[0]), palette = [];
  const part = (a, b, at) => Math.abs((a >> at & 255) - (b >> at & 255));
  const far = (a, b) => part(a, b, 0) + part(a, b, 8) + part(a, b, 16);
  palette.push(...all.slice(0, 10));
  for (const near of [90, 60, 36]) for (const c of all) {
    if (palette.length === 24) break;
    if (palette.every(p => far(p, c) > near)) palette.push(c);
  }
  const index = new Map();
  for (const c of all) {
    let best = 0; palette.forEach((p, n) => { if (far(p, c) < far(palette[best], c)) best = n; }); index.set(c, best);
  }
  const out = new Uint8Array(data.length); data.forEach((c, n) => { out[n] = index.get(c); });
  let text = ''; for (let at = 0; at < out.length; at += 32768) text += String.fromCharCode(...out.subarray(at, at + 32768));
  return {width: image.width, height: image.height, palette, pixels: btoa(text)};
}"""


def pair(platform: str, row: Row, number: int = 0) -> str:
    sides = []
    for language in LANGUAGES:
        made = row.by_language.get(language, [])
        body = "".join(SHOWN[platform](one) for one in made)
        sides.append(f'<div class="one {"dark" if language == "en" else ""}">{body}</div>')
    name = f'<div class="name">{escape(row.name)} · {row.kind}</div>'
    return f'<div class="pair">{name}<div class="two">{"".join(sides)}</div></div>'


def document(platform: str, title: str, pairs: list[str]) -> str:
    head = f"<meta charset=utf-8><style>{STYLE}</style>"
    body = f'<h1>{title}</h1><div class="sheet">{"".join(pairs)}</div>'
    return f'<html><head>{head}</head><body class="{platform}">{body}</body></html>'


def sheets(page: Page, platform: str, rows: list[Row]) -> Iterator[list[str]]:
    """As many scenes as fit on one."""
    page.set_content(document(platform, "", [pair(platform, row) for row in rows]))
    heights = page.evaluate("[...document.querySelectorAll('.pair')].map(one => one.offsetHeight)")
    here: list[str] = []
    lines, at = 0, 0
    for begin in range(0, len(rows), PER_LINE[platform]):
        line = rows[begin : begin + PER_LINE[platform]]
        tall = max(heights[begin : begin + len(line)]) + 12
        if here and at + tall > TALLEST:
            yield here
            here, lines, at = [], 0, 0
        here += [pair(platform, row) for row in line]
        lines, at = lines + 1, at + tall
    yield here


def photograph(page: Page, html: str, path: Path, platform: str) -> None:
    page.set_viewport_size({"width": WIDTH[platform], "height": 400})
    page.set_content(html)
    path.write_bytes(few_colours(page, page.screenshot(full_page=True)))


def few_colours(page: Page, png: bytes) -> bytes:
    """The picture with a palette."""
    src = f"data:image/png;base64,{base64.b64encode(png).decode()}"
    made = page.evaluate(FEW_COLOURS, {"src": src})
    pixels, width = base64.b64decode(made["pixels"]), made["width"]
    lines = b"".join(b"\0" + pixels[at : at + width] for at in range(0, len(pixels), width))
    colours = b"".join(bytes((c & 255, c >> 8 & 255, c >> 16 & 255)) for c in (p & 0xFFFFFF for p in made["palette"]))
    head = struct.pack(">IIBBBBB", width, made["height"], 8, 3, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"PLTE", colours), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )


def pictures(folder: Path, wanted: Callable[[str], bool]) -> dict[str, list[str]]:
    """Takes them of every wanted page "<platform>/<feature>"; that page → the names of its pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    names: dict[str, list[str]] = {}
    found = gallery()
    with browser() as opened:
        page = opened.new_page(device_scale_factor=SCALE)
        for platform, pages in (("slack", found.slack), ("telegram", found.telegram)):
            for feature, found_rows in sorted(pages.items()):
                rows = [row for row in found_rows if not VARIANT.search(row.name)]
                if not wanted(f"{platform}/{feature}"):
                    continue
                for old in folder.glob(f"{platform}-{feature}-*.png"):
                    old.unlink()
                page.set_viewport_size({"width": WIDTH[platform], "height": 400})
                for number, pairs in enumerate(list(sheets(page, platform, rows)), 1):
                    name = f"{platform}-{feature}-{number}.png"
                    photograph(page, document(platform, f"{platform}: {feature} {number}", pairs), folder / name, platform)
                    names.setdefault(f"{platform}/{feature}", []).append(name)
    return names
