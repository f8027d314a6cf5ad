"""Raw bytes: where things lie in files, and write-ahead logs in the order of writing."""

import struct
from collections.abc import Collection, Iterable, Iterator

import numpy as np

_WINDOW = 8
"""Shortest thing that can be looked for, in bytes."""
_FILTER = 0xFFFF

_SQLITE_LOG_HEADER, _SQLITE_FRAME_HEADER = 32, 24

_SEGMENT_HEADER, _PAGE_HEADER = 40, 24
_PAGE = 8192
_LONG_HEADER_FLAG = 0x0002
_RECORD_HEADER, _ALIGNED = 24, 8


def first_places(data: bytes, things: Collection[bytes]) -> dict[bytes, int]:
    """Where each of many things begins for the first time; those that are missing are left out."""
    by_head: dict[int, list[bytes]] = {}
    for thing in things:
        by_head.setdefault(int.from_bytes(thing[:_WINDOW], "little"), []).append(thing)
    found: dict[bytes, int] = {}
    for place, head in sorted(_heads(data, by_head)):
        for thing in by_head[head]:
            if thing not in found and data.startswith(thing, place):
                found[thing] = place
    return found


def _heads(data: bytes, wanted: Collection[int]) -> Iterator[tuple[int, int]]:
    """Places at which one of the wanted eight bytes stand, as little-endian numbers."""
    heads = np.array(sorted(wanted), dtype=np.uint64)
    likely = np.zeros(_FILTER + 1, dtype=bool)
    likely[heads & np.uint64(_FILTER)] = True
    for shift in range(_WINDOW):
        count = (len(data) - shift) // _WINDOW
        if count <= 0:
            return
        view = np.frombuffer(data, dtype="<u8", count=count, offset=shift)
        places = np.flatnonzero(likely[view & np.uint64(_FILTER)])
        places = places[np.isin(view[places], heads)]
        for index in places.tolist():
            yield index * _WINDOW + shift, int(view[index])


def sqlite_frames(log: bytes) -> bytes:
    """Pages of a ``-wal`` file in the order of writing, also frames of an earlier round.

    A checkpoint starts the file anew and raises the first salt, so that what stands behind the
    new frames is older than they are.
    """
    if len(log) < _SQLITE_LOG_HEADER:
        return b""
    page_size = int.from_bytes(log[8:12])
    step = _SQLITE_FRAME_HEADER + page_size
    frames = []
    for start in range(_SQLITE_LOG_HEADER, len(log) - step + 1, step):
        salt = int.from_bytes(log[start + 8 : start + 12])
        frames.append((salt, start, log[start + _SQLITE_FRAME_HEADER : start + step]))
    frames.sort(key=lambda frame: frame[:2])
    return b"".join(page for _, _, page in frames)


def postgresql_records(log: bytes, start: int) -> bytes:
    """Records of ``pg_wal`` as one stream: page headers, which may split a record, are cut out.

    ``start`` is the position of the first byte within its page.
    """
    pieces = [log[: _PAGE - start]] if start else []
    for page in range(-start % _PAGE, len(log), _PAGE):
        flags = struct.unpack_from("<H", log, page + 2)[0] if page + 4 <= len(log) else 0
        header = _SEGMENT_HEADER if flags & _LONG_HEADER_FLAG else _PAGE_HEADER
        pieces.append(log[page + header : page + _PAGE])
    return b"".join(pieces)


def records_of(pieces: Iterable[bytes], locator: bytes) -> bytes:
    """Only records that bear ``locator``, the numbers of one database, of a stream of records.

    A record begins with its length and at a multiple of eight; ``ValueError`` if one does not.
    """
    kept: list[bytes] = []
    rest = b""
    for piece in pieces:
        rest += piece
        rest = rest[_take_records(rest, locator, kept) :]
    return b"".join([*kept, rest])


def _take_records(data: bytes, locator: bytes, kept: list[bytes]) -> int:
    """Where the first record begins that is not whole."""
    place = 0
    while place + 4 <= len(data):
        length = int.from_bytes(data[place : place + 4], "little")
        if 0 < length < _RECORD_HEADER:
            raise ValueError("no record begins here")
        # A switched segment ends in zeros, which are no record.
        step = max(-(-length // _ALIGNED), 1) * _ALIGNED
        if place + step > len(data):
            break
        record = data[place : place + length]
        if locator in record:
            kept.append(record)
        place += step
    return place


def place_in_page(place: int, page_size: int) -> tuple[int, int]:
    """An order of writing within a file: databases fill a page from its end to its beginning."""
    return place // page_size, -(place % page_size)
