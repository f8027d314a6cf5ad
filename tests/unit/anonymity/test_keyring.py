"""Key files: private, whole or absent, refused with a reason, and gone when destroyed."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from employee_pulse.anonymity import keyring, sealing
from employee_pulse.anonymity.keyring import Keyring


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "keys"
    path.mkdir(mode=0o700)
    return path


class TestCheck:
    def test_accepts_a_private_folder_and_leaves_nothing_behind(self, folder: Path) -> None:
        Keyring(folder).check()

        assert list(folder.iterdir()) == []

    def test_says_that_the_folder_is_missing(self, tmp_path: Path) -> None:
        with pytest.raises(keyring.KeyFolderMissing, match="gone"):
            Keyring(tmp_path / "gone").check()

    def test_says_that_a_file_stands_in_its_place(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()

        with pytest.raises(keyring.KeyFolderIsNoFolder):
            Keyring(tmp_path / "file").check()

    @pytest.mark.parametrize("mode", [0o750, 0o701, 0o777])
    def test_says_that_others_may_look_in(self, folder: Path, mode: int) -> None:
        folder.chmod(mode)

        with pytest.raises(keyring.KeyFolderOpenToOthers):
            Keyring(folder).check()

    def test_says_why_it_cannot_be_written(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*args: object) -> int:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "open", full)

        with pytest.raises(keyring.KeyFolderUnreadable, match="No space left"):
            Keyring(folder).check()

    def test_every_reason_is_a_refusal_of_the_folder(self) -> None:
        assert keyring.KeyFolderUnusable.status == 503
        for reason in (
            keyring.KeyFolderMissing,
            keyring.KeyFolderIsNoFolder,
            keyring.KeyFolderOpenToOthers,
            keyring.KeyFolderUnreadable,
            keyring.KeyMissing,
        ):
            assert issubclass(reason, keyring.KeyFolderUnusable)


class TestCreate:
    def test_makes_one_private_file_that_only_we_may_read(self, folder: Path) -> None:
        public = Keyring(folder).create("wave-7")

        (path,) = folder.iterdir()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert (
            sealing.unseal(Keyring(folder).private_key("wave-7"), sealing.seal(public, b"5"))
            == b"5"
        )

    def test_gives_the_same_key_the_second_time(self, folder: Path) -> None:
        assert Keyring(folder).create("wave-7") == Keyring(folder).create("wave-7")

    def test_gives_each_wave_its_own(self, folder: Path) -> None:
        assert Keyring(folder).create("wave-7") != Keyring(folder).create("wave-8")

    def test_two_workers_at_once_agree_on_one_key(self, folder: Path) -> None:
        with ThreadPoolExecutor(8) as workers:
            publics = list(workers.map(lambda _: Keyring(folder).create("wave-7"), range(16)))

        assert len(set(publics)) == 1
        assert len(list(folder.iterdir())) == 1

    @pytest.mark.parametrize("step", ["write", "link"])
    def test_says_why_the_key_cannot_be_written(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, step: str
    ) -> None:
        """The disk may be full for a key although the empty probe had room."""

        def full(*args: object) -> None:
            raise OSError(28, "No space left on device")

        if step == "link":
            monkeypatch.setattr(os, "link", full)
        else:
            fsync = os.fsync
            monkeypatch.setattr(
                os, "fsync", lambda file: full() if os.fstat(file).st_size else fsync(file)
            )

        with pytest.raises(keyring.KeyFolderUnreadable, match="No space left"):
            Keyring(folder).create("wave-7")

        assert list(folder.iterdir()) == []

    def test_refuses_an_unusable_folder(self, tmp_path: Path) -> None:
        with pytest.raises(keyring.KeyFolderMissing):
            Keyring(tmp_path / "gone").create("wave-7")

    @pytest.mark.parametrize("name", ["../wave", "a/b", "", ".hidden"])
    def test_a_name_cannot_leave_the_folder(self, folder: Path, name: str) -> None:
        with pytest.raises(ValueError, match=r".*"):
            Keyring(folder).create(name)


class TestPrivateKey:
    def test_says_which_file_is_missing(self, folder: Path) -> None:
        with pytest.raises(keyring.KeyMissing, match=r"wave-9\.key"):
            Keyring(folder).private_key("wave-9")

    def test_says_why_it_cannot_be_read(self, folder: Path) -> None:
        (folder / "wave-9.key").mkdir()

        with pytest.raises(keyring.KeyFolderUnreadable):
            Keyring(folder).private_key("wave-9")


class TestDestroy:
    def test_removes_the_key_and_what_a_crash_left(self, folder: Path) -> None:
        Keyring(folder).create("wave-7")
        (folder / "wave-7.00ff.draft").write_bytes(bytes(32))
        Keyring(folder).create("wave-8")

        Keyring(folder).destroy("wave-7")

        assert [path.name for path in folder.iterdir()] == ["wave-8.key"]

    def test_overwrites_the_bytes_before_they_are_let_go(
        self, folder: Path, tmp_path: Path
    ) -> None:
        Keyring(folder).create("wave-7")
        private = Keyring(folder).private_key("wave-7")
        os.link(folder / "wave-7.key", tmp_path / "kept")

        Keyring(folder).destroy("wave-7")

        assert (tmp_path / "kept").read_bytes() != private

    def test_does_nothing_the_second_time(self, folder: Path) -> None:
        Keyring(folder).create("wave-7")

        Keyring(folder).destroy("wave-7")
        Keyring(folder).destroy("wave-7")

        assert list(folder.iterdir()) == []

    def test_does_not_take_a_folder_that_is_away_for_a_key_that_is_gone(
        self, tmp_path: Path
    ) -> None:
        with pytest.raises(keyring.KeyFolderMissing):
            Keyring(tmp_path / "gone").destroy("wave-7")
