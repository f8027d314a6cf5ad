"""The configuration: a secret is made once, whole, and whatever starts at once shares it."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

import config
from config import Config, TestConfig

STARTERS = 16


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(config, "INSTANCE", tmp_path / "instance")
    for name in ("PULSE_SECRET_KEY", "PULSE_SECRET_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "instance"


def test_the_secret_is_kept_for_the_next_start(instance: Path) -> None:
    first = Config().SECRET_KEY

    assert len(first) == 64
    assert first == Config().SECRET_KEY
    assert (instance / "secret_key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in instance.iterdir()] == ["secret_key"]


def test_processes_that_start_at_once_share_one_secret(
    instance: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All have seen that none is there before the first one writes its own."""
    together = Barrier(STARTERS)
    random = config.os.urandom

    def wait_for_the_others(size: int) -> bytes:
        together.wait(timeout=10)
        return random(size)

    monkeypatch.setattr(config.os, "urandom", wait_for_the_others)

    with ThreadPoolExecutor(STARTERS) as pool:
        secrets = set(pool.map(lambda _: Config().SECRET_KEY, range(STARTERS)))

    assert len(secrets) == 1
    assert (instance / "secret_key").read_text() in secrets


@pytest.mark.parametrize(
    ("address", "secure"), [("https://pulse.example.com/", True), ("http://127.0.0.1:8000", False)]
)
def test_the_session_of_an_encrypted_site_never_leaves_in_the_clear(
    monkeypatch: pytest.MonkeyPatch, address: str, *, secure: bool
) -> None:
    monkeypatch.setenv("PULSE_BASE_URL", address)

    made = Config(secret_key="x")

    assert made.SESSION_COOKIE_SECURE is secure
    assert address.rstrip("/") == made.BASE_URL


def test_a_configuration_for_tests_leaves_nothing_behind(instance: Path, tmp_path: Path) -> None:
    TestConfig(database_url="sqlite://", key_dir=str(tmp_path))

    assert not instance.exists()
