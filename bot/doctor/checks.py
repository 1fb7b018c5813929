"""The list of checks, in the order of the report. A door adds its own here."""

from bot.doctor import clock, database, doors, house, model, store
from bot.doctor.patient import Check

CHECKS: tuple[Check, ...] = (*house.CHECKS, *doors.CHECKS, *clock.CHECKS, *database.CHECKS, *model.CHECKS, *store.CHECKS)
