"""Fit everything, in the order in which one needs the other. Run after changing a word list, the glossary or the data:

python -m tests.quality.fit
"""

from __future__ import annotations

from bot.triage import centre, fitted, topics
from tests.quality import fit_answered, fit_capture, fit_question, fit_route, fit_topics


def main() -> None:
    """Topics and adapter, then what stands on them."""
    for one in (fit_topics, fit_route, fit_answered, fit_question, fit_capture):
        print(f"== {one.__name__}")
        one.main()
        fitted.fit.cache_clear()
        centre.adapter.cache_clear()
        topics.model.cache_clear()
        topics.said.cache_clear()


if __name__ == "__main__":
    main()
