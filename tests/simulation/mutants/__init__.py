"""Faults put into Guyub on purpose: the simulation is worth as much as it finds of them.

Each is a context inside which the code is wrong in one way that somebody could have written, with a seed whose week shows it.
"""

from __future__ import annotations

from tests.simulation.mutants import keeping, receiving, sending
from tests.simulation.mutants.mutant import NOT_YET, Mutant

MUTANTS: tuple[Mutant, ...] = (*receiving.MUTANTS, *sending.MUTANTS, *keeping.MUTANTS)

__all__ = ["MUTANTS", "NOT_YET", "Mutant"]
