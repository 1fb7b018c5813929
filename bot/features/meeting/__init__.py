"""A community's meetings: agreed on, come to, changed, reminded of, prepared and written down."""

from __future__ import annotations

from bot.features.meeting import agenda, attend, change, feed, files, minutes, propose, remind

FEATURES = (
    propose.feature,
    attend.feature,
    change.feature,
    remind.feature,
    agenda.feature,
    minutes.feature,
    files.feature,
    feed.feature,
)
