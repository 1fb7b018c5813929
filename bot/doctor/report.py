"""Runs the checks and tells the findings: to people, quiet where all is well, or as JSON. No secret comes through."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace

from bot.doctor.finding import Finding, fail, ok
from bot.doctor.patient import Check, Patient
from bot.log import Redaction
from bot.model.base import Language, Words
from bot.settings_errors import SettingsError

SIGNS = {"ok": "✓", "warn": "!", "fail": "✗"}


def examine(patient: Patient, checks: Iterable[Check]) -> tuple[Finding, ...]:
    """All findings, in the order of the checks, cleaned of secrets."""
    redaction = Redaction(patient.settings.secret_values())
    found = [ok("settings.keys", "Semua pengaturan dikenal dan sah.", "All settings are known and valid.")]
    for check in checks:
        try:
            found += check(patient)
        except Exception as error:  # a check that breaks is a finding itself; the others still run
            found.append(_broken(check, error))
    return tuple(_clean(one, redaction) for one in found)


def of_settings(error: SettingsError) -> tuple[Finding, ...]:
    """The settings cannot be read: each problem is a finding, and nothing else can be checked."""
    mend = Words(
        "Betulkan di .env atau lingkungan; lihat .env.example.", "Mend it in .env or the environment; see .env.example."
    )
    return tuple(
        Finding(f"settings.{one.key}", "fail", Words(one.line("id") + ".", one.line("en") + "."), mend)
        for one in error.problems
    )


def healthy(findings: Iterable[Finding]) -> bool:
    """Whether nothing failed; warnings are not illness."""
    return all(one.severity != "fail" for one in findings)


def as_json(findings: tuple[Finding, ...], language: Language) -> str:
    """One object: `healthy`, and `findings` with id, severity, what, mend."""
    rows = [
        {"id": one.id, "severity": one.severity, "what": one.what.in_(language), "mend": one.mend.in_(language)}
        for one in findings
    ]
    return json.dumps({"healthy": healthy(findings), "findings": rows}, ensure_ascii=False, indent=2)


def as_text(findings: tuple[Finding, ...], language: Language, *, verbose: bool = False) -> str:
    """For people. Lines where all is well only if `verbose`."""
    lines = []
    for one in findings:
        if one.severity == "ok" and not verbose:
            continue
        lines.append(f"{SIGNS[one.severity]} {one.id}: {one.what.in_(language)}")
        lines += [f"    → {one.mend.in_(language)}"] if one.mend.id else []
    return "\n".join([*lines, _closing(findings).in_(language)])


def _closing(findings: tuple[Finding, ...]) -> Words:
    bad = sum(one.severity == "fail" for one in findings)
    odd = sum(one.severity == "warn" for one in findings)
    if not bad and not odd:
        return Words(f"Guyub sehat ({len(findings)} pemeriksaan).", f"Guyub is well ({len(findings)} checks).")
    return Words(f"{bad} perlu dibetulkan, {odd} perlu dilihat.", f"{bad} to mend, {odd} to look at.")


def _clean(one: Finding, redaction: Redaction) -> Finding:
    def words(given: Words) -> Words:
        return Words(redaction.clean(given.id), redaction.clean(given.en))

    return replace(one, what=words(one.what), mend=words(one.mend))


def _broken(check: Check, error: Exception) -> Finding:
    name = getattr(check, "__name__", "?")
    why = f"{type(error).__name__}: {error}"
    return fail(
        f"doctor.{name}",
        (f"Pemeriksaan {name} terhenti: {why}.", f"The check {name} broke off: {why}."),
        ("Laporkan baris ini kepada pengembang Guyub.", "Report this line to Guyub's developers."),
    )
