"""What a member can do, in the order of the help text. A new capability is a file here and a line in this list."""

from __future__ import annotations

from bot.features import (
    answer,
    ask,
    belong,
    carry,
    changes,
    digest,
    find,
    firststeps,
    help,
    helpers,
    home,
    imported,
    index,
    keep,
    link,
    mark,
    meeting,
    place,
    profile,
    queue,
    reach,
    review,
    rooms,
    steward,
    why,
)
from bot.registry import Feature

ALL: tuple[Feature, ...] = (
    ask.feature,  # a question reaches the community
    find.feature,  # what is kept is found again
    belong.feature,  # communities, joining, leaving
    profile.feature,  # what I know, may I be asked
    link.feature,  # one person at several doors
    why.feature,  # what became of my question, and why
    mark.feature,  # a message worth keeping
    *meeting.FEATURES,  # a community's meetings
    *digest.FEATURES,  # the week in one message
    queue.feature,  # what waits for my review
    steward.feature,  # communities and channels
    help.feature,  # what can I do here
    place.feature,  # the right community, by hand
    answer.feature,  # replies, thanks, solved
    helpers.feature,  # pass, refer, who is next
    carry.feature,  # files go with the words
    keep.feature,  # a solved thread becomes a draft
    review.feature,  # a draft becomes knowledge
    imported.feature,  # drafts that came of a chat history
    rooms.feature,  # what becomes of a channel
    reach.feature,  # who cannot be written to in private yet
    changes.feature,  # edited, taken back
    home.feature,  # what is mine here
    firststeps.feature,  # the newcomer's list
    index.feature,  # the search keeps up
)
