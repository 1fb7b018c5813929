"""What a database's error means to the caller: `Conflict`, `Unavailable`, or a bug that is left as it is."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.errors import Conflict, Unavailable

# https://www.sqlite.org/rescode.html: 5 BUSY, 6 LOCKED, 7 NOMEM, 8 READONLY, 10 IOERR, 11 CORRUPT, 13 FULL, 14 CANTOPEN,
# 15 PROTOCOL, 26 NOTADB
_SQLITE_GONE = frozenset({5, 6, 7, 8, 10, 11, 13, 14, 15, 26})
_SQLITE_TAKEN = frozenset({1555, 2067})  # CONSTRAINT_PRIMARYKEY, CONSTRAINT_UNIQUE
# https://www.postgresql.org/docs/current/errcodes-appendix.html: 08 connection, 25006 read only, 3D000 no such database,
# 53 resources, 55P03 lock not available, 57 operator, 58 system, XX corruption
_POSTGRES_GONE = ("08", "25006", "3D000", "53", "55P03", "57", "58", "XX")
_POSTGRES_TAKEN = frozenset({"23505", "40001", "40P01"})  # unique, serialization, deadlock


def sorted_error(error: Exception) -> Exception:
    """The error to raise in place of this one."""
    if isinstance(error, PoolTimeout):
        return Unavailable(why="pool")
    if not isinstance(error, DBAPIError):
        return sqlite_error(error)
    if error.connection_invalidated:
        return Unavailable(why="connection")
    state = getattr(error.orig, "sqlstate", None)
    if state in _POSTGRES_TAKEN:
        return Conflict()
    if state and state.startswith(_POSTGRES_GONE):
        return Unavailable(why=state)
    if error.orig is not None and not hasattr(error.orig, "sqlite_errorcode"):
        return Unavailable(why="connection") if state is None and _cannot_connect(error) else error
    found = sqlite_error(error.orig) if error.orig else error
    return found if found is not error.orig else error


def _cannot_connect(error: DBAPIError) -> bool:
    """psycopg gives no code where there is nobody to give one."""
    return type(error.orig).__name__ in {"OperationalError", "InterfaceError", "ConnectionTimeout", "PoolTimeout"}


def sqlite_error(error: BaseException) -> Exception:
    """The same for an error straight from the sqlite3 module."""
    code = getattr(error, "sqlite_errorcode", None)
    if code in _SQLITE_TAKEN:
        return Conflict()
    if code is not None and code & 0xFF in _SQLITE_GONE:
        return Unavailable(why=str(getattr(error, "sqlite_errorname", code)))
    if not isinstance(error, Exception):
        raise error
    return error
