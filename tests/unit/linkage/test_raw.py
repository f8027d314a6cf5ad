"""Where bytes lie, and logs in the order of writing."""

import struct
from random import Random

import pytest

from employee_pulse.linkage.rules.raw import (
    first_places,
    place_in_page,
    postgresql_records,
    records_of,
    sqlite_frames,
)


class TestFirstPlaces:
    def test_agrees_with_a_simple_search(self) -> None:
        random = Random(3)
        data = random.randbytes(3_000)
        things = [data[place : place + 16] for place in random.sample(range(2_984), 40)]
        things += [random.randbytes(16) for _ in range(5)]
        data += data[:1_500]

        expected = {thing: place for thing in things if (place := data.find(thing)) >= 0}

        assert first_places(data, things) == expected

    @pytest.mark.parametrize("before", range(17))
    def test_finds_at_every_distance_from_the_beginning(self, before: int) -> None:
        data = b"x" * before + b"invitation" + b"x"

        assert first_places(data, [b"invitation"]) == {b"invitation": before}

    def test_tells_things_apart_that_begin_alike(self) -> None:
        places = first_places(b"..10.200.101.7..10.200.101.8", [b"10.200.101.8", b"10.200.101.9"])

        assert places == {b"10.200.101.8": 16}

    @pytest.mark.parametrize("data", [b"", b"1234567", b"12345678"])
    def test_finds_nothing_in_little(self, data: bytes) -> None:
        assert first_places(data, [b"123456789"]) == {}


def frame(salt: int, content: bytes) -> bytes:
    return struct.pack(">IIIIII", 1, 0, salt, 0, 0, 0) + content


class TestSqliteFrames:
    HEADER = struct.pack(">IIIIIIII", 0x377F0682, 3007000, 4, 0, 0, 0, 0, 0)

    def test_are_the_pages_without_their_headers(self) -> None:
        log = self.HEADER + frame(7, b"aaaa") + frame(7, b"bbbb")

        assert sqlite_frames(log) == b"aaaabbbb"

    def test_of_an_earlier_round_come_first(self) -> None:
        log = self.HEADER + frame(8, b"new1") + frame(7, b"old2") + frame(7, b"old3")

        assert sqlite_frames(log) == b"old2old3new1"

    @pytest.mark.parametrize("log", [b"", b"short", HEADER, HEADER + frame(7, b"aa")])
    def test_none_in_what_is_not_whole(self, log: bytes) -> None:
        assert sqlite_frames(log) == b""


def page(content: bytes, *, begins_segment: bool = False) -> bytes:
    flags, size = (0x0002, 40) if begins_segment else (0x0001, 24)
    header = struct.pack("<HH", 0xD110, flags)
    return header.ljust(size, b"\0") + content.ljust(8192 - size, b".")


class TestPostgresqlRecords:
    def test_are_what_lies_between_page_headers(self) -> None:
        log = page(b"first", begins_segment=True) + page(b"second")

        records = postgresql_records(log, 0)

        assert records == b"first".ljust(8152, b".") + b"second".ljust(8168, b".")

    def test_a_record_over_two_pages_becomes_whole(self) -> None:
        log = page(b"." * 8165 + b"bal") + page(b"lot")

        assert b"ballot" in postgresql_records(log, 0)

    def test_may_begin_and_end_within_a_page(self) -> None:
        log = (page(b"first") + page(b"second"))[8000:-8160]

        assert postgresql_records(log, 8000) == b"." * 192 + b"second.."

    def test_a_page_that_has_hardly_begun_holds_nothing(self) -> None:
        assert postgresql_records(page(b"first")[8190:] + b"\x10", 8190) == b".."


class TestPlaceInPage:
    def test_pages_fill_from_their_end(self) -> None:
        later, earlier = place_in_page(4096 + 100, 4096), place_in_page(4096 + 3000, 4096)

        assert place_in_page(50, 4096) < earlier < later


def record(content: bytes) -> bytes:
    length = 24 + len(content)
    return (struct.pack("<I", length).ljust(24, b"\0") + content).ljust(-(-length // 8) * 8, b"\0")


class TestRecordsOf:
    OURS = [b"ours: 1", b"ours: a longer one", b"ours: 3"]
    STREAM = record(OURS[0]) + record(b"theirs") + record(OURS[1]) + bytes(16) + record(OURS[2])

    @pytest.mark.parametrize("cut", [0, 8, 31, 32, 60, 90, 120, 500])
    def test_keep_what_bears_the_locator_however_the_stream_is_cut(self, cut: int) -> None:
        kept = records_of([self.STREAM[:cut], self.STREAM[cut:]], b"ours")

        assert all(content in kept for content in self.OURS)
        assert b"theirs" not in kept
        assert [kept.index(content) for content in self.OURS] == sorted(
            kept.index(content) for content in self.OURS
        )

    def test_keep_a_record_that_is_not_whole_yet(self) -> None:
        assert b"ours: a" in records_of([record(b"theirs"), record(b"ours: and so on")[:33]], b"x")

    def test_are_refused_where_none_begins(self) -> None:
        with pytest.raises(ValueError, match="no record"):
            records_of([b"\x07\0\0\0".ljust(64, b"\0")], b"ours")
