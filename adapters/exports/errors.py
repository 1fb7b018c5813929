"""What is wrong with an export as a whole, and with one file of it."""

from __future__ import annotations

import zipfile
import zlib

from bot.errors import GuyubError


class BadExport(GuyubError):
    """This is not an export that can be read. `template` (import.*) and `data` say what it is and what to do."""

    template = "import.unreadable"


class BadMember(BadExport):
    """One file of the export cannot be read, or not to its end: told to the report, the others are read."""

    template = "import.part_damaged"


#: Whatever Python's zipfile raises on damaged bytes (read in its source: names, sizes and checksums are the file's own claims)
ZIP_FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError, OverflowError)
