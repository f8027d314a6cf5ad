"""Private keys of waves, one file each in a folder outside the database."""

import os
import secrets
from pathlib import Path

from employee_pulse.anonymity import sealing
from employee_pulse.foundation.errors import Refused
from employee_pulse.foundation.phrases import N_


class KeyFolderUnusable(Refused):
    """Base of the reasons why no wave may open: its answers could not be kept safe."""

    status = 503


class KeyFolderMissing(KeyFolderUnusable):
    message = N_("The key folder %(folder)s does not exist.")


class KeyFolderIsNoFolder(KeyFolderUnusable):
    message = N_("The key folder %(folder)s is not a folder.")


class KeyFolderOpenToOthers(KeyFolderUnusable):
    message = N_("Other users may read the key folder %(folder)s; set its mode to 0700.")


class KeyFolderUnreadable(KeyFolderUnusable):
    message = N_("The key folder %(folder)s cannot be read and written: %(error)s")


class KeyMissing(KeyFolderUnusable):
    message = N_("The key file %(name)s is missing from the key folder.")


class Keyring:
    """A folder of mode 0700 with one file of mode 0600 for each open wave."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def check(self) -> None:
        """Refuse, with the reason, a folder in which a key cannot be made and kept private."""
        try:
            self._check_mode()
            probe = self._write_new(".probe", b"")
            probe.unlink()
        except OSError as error:
            raise KeyFolderUnreadable(folder=self._folder, error=error.strerror) from error

    def create(self, name: str) -> bytes:
        """Make a key and give its public part; a key already there is kept."""
        self.check()
        try:
            self._write_once(self._path(name), sealing.make_pair().private)
        except OSError as error:
            raise KeyFolderUnreadable(folder=self._folder, error=error.strerror) from error
        return sealing.public_part(self.private_key(name))

    def private_key(self, name: str) -> bytes:
        self._check_mode()
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError as error:
            raise KeyMissing(name=self._path(name).name) from error
        except OSError as error:
            raise KeyFolderUnreadable(folder=self._folder, error=error.strerror) from error

    def destroy(self, name: str) -> None:
        """Overwrite and remove the key; one that is gone already is fine.

        A folder that is away is not: the key may still be in it.
        """
        self._check_mode()
        for path in [self._path(name), *self._folder.glob(f"{name}.*.draft")]:
            _erase(path)
        self._flush_folder()

    def _check_mode(self) -> None:
        if not self._folder.exists():
            raise KeyFolderMissing(folder=self._folder)
        if not self._folder.is_dir():
            raise KeyFolderIsNoFolder(folder=self._folder)
        if self._folder.stat().st_mode & 0o077:
            raise KeyFolderOpenToOthers(folder=self._folder)

    def _path(self, name: str) -> Path:
        if not name.replace("-", "").isalnum():
            raise ValueError(name)
        return self._folder / f"{name}.key"

    def _write_once(self, path: Path, content: bytes) -> None:
        """Appears whole or not at all, and only for the first of two workers."""
        draft = self._write_new(path.stem, content)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        self._flush_folder()

    def _write_new(self, name: str, content: bytes) -> Path:
        path = self._folder / f"{name}.{secrets.token_hex(8)}.draft"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            path.unlink()
            raise
        return path

    def _flush_folder(self) -> None:
        descriptor = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _erase(path: Path) -> None:
    """Overwrite before unlinking, for file systems that write in place."""
    try:
        with path.open("r+b") as file:
            file.write(secrets.token_bytes(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
    except FileNotFoundError:
        pass
