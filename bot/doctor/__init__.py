"""`guyub doctor`: what is wrong, and how to mend it. A door adds its checks to `CHECKS`."""

from bot.doctor import clock, database, house, model, store
from bot.doctor.finding import Check, Finding, Patient, Vitals

CHECKS: tuple[Check, ...] = (*house.CHECKS, *clock.CHECKS, *database.CHECKS, *model.CHECKS, *store.CHECKS)

__all__ = ["CHECKS", "Check", "Finding", "Patient", "Vitals"]
