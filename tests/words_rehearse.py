"""Data of the rehearsal's templates, as the page and the command give it."""

from __future__ import annotations

from typing import Any

PLAIN = (
    *("title", "nothing", "no_model", "questions", "answered_before", "answered_wrongly", "showed", "routed"),
    *("asked_back", "nobodys", "asks", "gini_of_asks", "reached", "kept", "unanswered", "communities", "community", "people"),
    *("person", "times", "question", "what", "then", "assumed", "assumptions", "compared", "unseen", "private"),
    *(f"list_{name}" for name in ("wrong", "right", "unjudged", "showed", "unanswered", "nobodys", "routed")),
    *("did_asked_back", "did_nobodys", "did_repeated", "did_none", "was_unanswered"),
)
FIGURES = {"questions": 320, "answered_before": 41, "answered_wrongly": 3, "routed": 240, "unanswered": 27}


def rehearsals() -> list[tuple[str, dict[str, Any]]]:
    """Every key of rehearse.yaml."""
    names = {"names": "Budi, Bu Dewi"}
    return [
        *((f"rehearse.{key}", {}) for key in PLAIN),
        ("rehearse.lead", {"messages": 12_400, "source": "Slack", "channels": 12}),
        ("rehearse.span", {"first": "5 Jan 2026", "last": "24 Nov 2026"}),
        ("rehearse.troubles", {"number": 2}),
        ("rehearse.more", {"most": 100}),
        *((f"rehearse.{key}", {"offered": "Denda buku hilang"}) for key in ("did_answered", "did_showed")),
        ("rehearse.did_routed", {"community": "Sirkulasi"}),
        *((f"rehearse.{key}", names) for key in ("did_asks", "was_settled", "was_answered")),
        ("rehearse.sure", {"sure": 0.93}),
        ("rehearse.summary", {"messages": 12_400, "figures": FIGURES, "page": "data/rehearsal/a.html", "json": "a.json"}),
    ]
