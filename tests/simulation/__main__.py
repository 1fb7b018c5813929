"""`python -m tests.simulation SEED [ACTS] [--sql]`: one week from its seed, with its trace."""

from __future__ import annotations

import sys

from tests.simulation.week import play

if __name__ == "__main__":
    args = [one for one in sys.argv[1:] if one != "--sql"]
    played = play(int(args[0]), int(args[1]) if len(args) > 1 else 60)
    print("\n".join(line[:400] for line in played.lines if " sql " not in line or "--sql" in sys.argv))
    print(f"trace {played.trace}, {played.acts} acts, {played.deaths} deaths")
    print(played.report if played.broken else "nothing broken")
