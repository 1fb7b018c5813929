"""Is the database there, whole, current and writable? Looks only: it creates, migrates and repairs nothing."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg

from bot.doctor.finding import Finding, fail, ok, warn
from bot.doctor.patient import Patient

MB = 1024 * 1024
LITTLE, TIGHT = 200 * MB, 1024 * MB  # free disk: below the first writes will soon fail
WHOLE = 500 * MB  # quick_check reads the whole file: only up to here
MIGRATIONS = Path(__file__).parents[2] / "storage" / "migrations"


def disk(patient: Patient) -> Iterator[Finding]:
    """When the disk is full, nothing can be acknowledged any more."""
    folder = _existing(patient.settings.data_dir)
    free = shutil.disk_usage(folder).free
    if free >= TIGHT:
        yield ok("database.disk", f"Ruang kosong {free // MB} MB.", f"{free // MB} MB of disk are free.")
        return
    what = (f"Sisa ruang di {folder} tinggal {free // MB} MB.", f"Only {free // MB} MB are free at {folder}.")
    mend = (
        "Kosongkan ruang atau pindahkan GUYUB_DATA_DIR ke penyimpanan yang lebih lapang.",
        "Free some space, or move GUYUB_DATA_DIR to a larger disk.",
    )
    yield fail("database.disk", what, mend) if free < LITTLE else warn("database.disk", what, mend)


def sqlite_file(patient: Patient) -> Iterator[Finding]:
    """One file: there, whole, in WAL mode, writable."""
    path = patient.settings.sqlite_path
    if path is None:
        return
    if not path.exists():
        yield ok("database.reachable", f"{path} dibuat saat pertama dijalankan.", f"{path} will be made at the first start.")
        return
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=1)) as connection:
            yield from _examined(connection, path)
    except sqlite3.OperationalError as error:
        yield _unreachable(str(error))
    except sqlite3.DatabaseError as error:
        yield _broken(str(error))


def _examined(connection: sqlite3.Connection, path: Path) -> Iterator[Finding]:
    mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
    yield ok("database.reachable", f"{path} dapat dibuka.", f"{path} opens.")
    if path.stat().st_size <= WHOLE:
        verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        whole = ok("database.whole", "Basis data utuh.", "The database is whole.")
        yield whole if verdict == "ok" else _broken(verdict)
    if mode == "wal":
        yield ok("database.wal", "Mode WAL aktif.", "WAL mode is on.")
    else:
        yield warn(
            "database.wal",
            (f"Mode jurnal {mode}, bukan WAL.", f"The journal mode is {mode}, not WAL."),
            ("Jalankan guyub run sekali: Guyub menyalakannya.", "Start guyub run once: it turns WAL on."),
        )
    yield _writable(connection)


def _writable(connection: sqlite3.Connection) -> Finding:
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            return warn(
                "database.writable",
                ("Basis data sedang dikunci program lain.", "Another program holds the database."),
                ("Tunggu sebentar; kalau tetap, hentikan program itu.", "Wait a moment; if it stays, stop that program."),
            )
        return fail(
            "database.writable",
            (f"Basis data tidak dapat ditulis: {error}.", f"The database cannot be written: {error}."),
            ("Periksa pemilik dan izin berkas di GUYUB_DATA_DIR.", "Check owner and permissions in GUYUB_DATA_DIR."),
        )
    return ok("database.writable", "Basis data dapat ditulis.", "The database can be written.")


def postgres(patient: Patient) -> Iterator[Finding]:
    """A server: reachable within five seconds, not a read-only copy."""
    if patient.settings.sqlite_path is not None:
        return
    try:
        with psycopg.connect(_dsn(patient), connect_timeout=5) as connection:
            row = connection.execute("SELECT pg_is_in_recovery()").fetchone()
    except psycopg.OperationalError as error:
        yield _unreachable(str(error).strip())
        return
    yield ok("database.reachable", "PostgreSQL menjawab.", "PostgreSQL answers.")
    if row == (False,):
        yield ok("database.writable", "Basis data dapat ditulis.", "The database can be written.")
    else:
        yield fail(
            "database.writable",
            ("PostgreSQL ini hanya salinan baca.", "This PostgreSQL is a read-only replica."),
            ("Arahkan GUYUB_DATABASE_URL ke server utama.", "Point GUYUB_DATABASE_URL at the primary."),
        )


def migrated(patient: Patient) -> Iterator[Finding]:
    """Is the schema that of this version?"""
    here, wanted = schema(patient), head()
    if here is None:
        return
    if here == wanted:
        yield ok("database.migrated", f"Skema {here} adalah yang terbaru.", f"Schema {here} is the current one.")
    else:
        yield fail(
            "database.migrated",
            (f"Skema basis data {here or 'kosong'}, seharusnya {wanted}.", f"The schema is {here or 'empty'}, not {wanted}."),
            ("Cadangkan, lalu jalankan: guyub migrate", "Make a backup, then run: guyub migrate"),
        )


def schema(patient: Patient) -> str | None:
    """The revision that the database is at, "" for none; None where there is no database to ask."""
    path = patient.settings.sqlite_path
    query = "SELECT version_num FROM alembic_version"
    try:
        if path is None:
            with psycopg.connect(_dsn(patient), connect_timeout=5) as server:
                found = server.execute(query).fetchone()
        elif path.is_file():
            with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=1)) as file:
                found = file.execute(query).fetchone()
        else:
            return None
    except (psycopg.errors.UndefinedTable, sqlite3.OperationalError):
        return ""
    except (psycopg.Error, sqlite3.Error):
        return None
    return str(found[0]) if found else ""


def head() -> str:
    """The newest revision that this version brings."""
    from alembic.script import ScriptDirectory  # takes 0.2 s to import: only here

    return ScriptDirectory(str(MIGRATIONS)).get_current_head() or ""


def _dsn(patient: Patient) -> str:
    return patient.settings.database_url.replace("postgresql+psycopg://", "postgresql://", 1)


def _existing(folder: Path) -> Path:
    folder = folder.absolute()
    return next(one for one in (folder, *folder.parents) if one.is_dir())


def _unreachable(why: str) -> Finding:
    return fail(
        "database.reachable",
        (f"Basis data tidak dapat dibuka: {why}.", f"The database cannot be opened: {why}."),
        ("Periksa GUYUB_DATABASE_URL dan GUYUB_DATA_DIR.", "Check GUYUB_DATABASE_URL and GUYUB_DATA_DIR."),
    )


def _broken(why: str) -> Finding:
    return fail(
        "database.whole",
        (f"Berkas basis data rusak: {why}.", f"The database file is damaged: {why}."),
        (
            "Hentikan Guyub, simpan salinan berkas itu, lalu pulihkan cadangan terakhir (docs/operating.md).",
            "Stop Guyub, keep a copy of the file, then restore the last backup (docs/operating.md).",
        ),
    )


CHECKS = (disk, sqlite_file, postgres, migrated)
