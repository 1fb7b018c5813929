"""The list of checks, in the order of the report. A door adds its own here."""

from bot.doctor import clock, database, house, model, store
from bot.doctor.finding import Check

CHECKS: tuple[Check, ...] = (*house.CHECKS, *clock.CHECKS, *database.CHECKS, *model.CHECKS, *store.CHECKS)
