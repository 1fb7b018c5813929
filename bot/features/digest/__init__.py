"""Digests: planned for whoever has none, sent when they come due, changed by whom they are for."""

from __future__ import annotations

from bot.features.digest import choose, plan, send

FEATURES = (choose.feature, send.feature, plan.feature)
