"""Who may see what: the one place where it is decided."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sight:
    """What one person may see of the published items. A store narrows by it; `sees` is the rule that counts."""

    library: str
    communities: frozenset[str]
    everything: bool = False

    def sees(self, library: str, community: str, visibility: str) -> bool:
        """Whether an item of this library, community and visibility may be shown."""
        if library != self.library:
            return visibility == "public"
        return self.everything or visibility != "community" or community in self.communities
