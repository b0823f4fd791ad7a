"""What joins and departures stand in a server's log, in its order. See docs/storage.md and docs/log-format.md."""

import sqlite3

JOIN, LEAVE, FINISH = 1, 2, 6
HEADER_BYTES = 40
COUNT_AT = 32


class Bytes:
    def __init__(self, data, at=0):
        self.data, self.at = data, at

    def raw(self, size):
        self.at += size
        return self.data[self.at - size : self.at]

    def varint(self):
        value = shift = 0
        while True:
            byte = self.raw(1)[0]
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def text(self):
        return self.raw(self.varint())

    def id(self):
        high, low = (int.from_bytes(self.raw(8), "little") for _ in range(2))
        return f"{high:016x}{low:016x}"


def commands(batch):
    """(type, fields) of each command of a batch."""
    count = int.from_bytes(batch[COUNT_AT : COUNT_AT + 4], "little")
    reader = Bytes(batch, HEADER_BYTES)
    for _ in range(count):
        kind = reader.varint()
        yield kind, Bytes(reader.text())


def read(folder):
    """(tickets in the order of their joins, {ticket: log time of its departure in ms})."""
    joined, departed = [], {}
    database = sqlite3.connect(f"file:{folder / 'doorward.db'}?mode=ro", uri=True)
    try:
        for time, batch in database.execute("SELECT time, batch FROM entries ORDER BY number"):
            for kind, fields in commands(batch):
                if kind == JOIN:
                    fields.text()  # the room
                    fields.id()  # the subject
                    joined.append(fields.id())
                elif kind in (LEAVE, FINISH):
                    departed.setdefault(fields.id(), time)
    finally:
        database.close()
    return joined, departed
