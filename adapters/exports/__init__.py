"""Chat exports that people bring along, read as they lie: streamed, in flat memory, nothing written anywhere.

`read_slack(path, report)`, `read_telegram(path, report, zone)`, `read_whatsapp(path, report, zone)` give `Told`s, in the order
of time in each channel, one channel after the other. What is damaged is told to the report; what cannot be read at all is a
`BadExport`. `kind_of(path)` tells whose export it is.
"""

from adapters.exports.archive import Archive, open_archive
from adapters.exports.errors import BadExport
from adapters.exports.kinds import kind_of
from adapters.exports.slack import read_slack
from adapters.exports.telegram import read_telegram
from adapters.exports.whatsapp import read_whatsapp

__all__ = ["Archive", "BadExport", "kind_of", "open_archive", "read_slack", "read_telegram", "read_whatsapp"]
