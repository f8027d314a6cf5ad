"""Configuration: where things are, and the numbers the business has decided."""

import contextlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
INSTANCE = Path(os.environ.get("PULSE_INSTANCE", HERE / "instance"))


@dataclass(frozen=True)
class Policy:
    """Business numbers. Minimums may be raised in a running installation, never lowered."""

    min_group_eligible: int = 10
    """People a reporting group needs when the roll is drawn; smaller ones roll up."""
    min_company: int = 5
    """Eligible people below which no wave opens."""
    min_scores: int = 5
    min_distributions: int = 10
    min_comments: int = 10
    min_participation: int = 5
    min_drivers: int = 20
    deactivation_share: float = 0.20
    """A roster that would deactivate more than this share asks twice."""
    burden_days: int = 21
    """Two programs leave one person alone for at least this long."""


def _flag(name: str, *, default: bool) -> bool:
    return os.environ.get(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def _secret(name: str) -> str | None:
    """A value given directly or by a file whose path ends in ``_FILE``."""
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text(encoding="utf-8").strip()
    return os.environ.get(name)


class Config:
    """What a running installation uses; every value comes from the environment or a default."""

    def __init__(self, *, secret_key: str | None = None) -> None:
        env = os.environ.get
        self.INSTANCE = str(INSTANCE)
        self.SQLALCHEMY_DATABASE_URI = env(
            "PULSE_DATABASE_URL", f"sqlite:///{INSTANCE / 'pulse.db'}"
        )
        self.SECRET_KEY = secret_key or _secret("PULSE_SECRET_KEY") or _kept_secret()
        self.KEY_DIR = env("PULSE_KEY_DIR", str(INSTANCE / "keys"))
        self.BASE_URL = env("PULSE_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
        self.DEMO = _flag("PULSE_DEMO", default=_is_demo(self.SQLALCHEMY_DATABASE_URI))
        self.TIMEZONE = env("PULSE_TIMEZONE", "Asia/Seoul")
        self.LANGUAGE = env("PULSE_LANGUAGE", "ko")
        self.MAIL_TRANSPORT = env("PULSE_MAIL_TRANSPORT", "demo" if self.DEMO else "smtp")
        self.SMTP_HOST = env("PULSE_SMTP_HOST", "127.0.0.1")
        self.SMTP_PORT = int(env("PULSE_SMTP_PORT", "25"))
        self.SMTP_USER = env("PULSE_SMTP_USER")
        self.SMTP_PASSWORD = _secret("PULSE_SMTP_PASSWORD")
        self.SMTP_TLS = env("PULSE_SMTP_TLS", "none")
        self.SMTP_SENDER = env("PULSE_SMTP_SENDER", "Employee Pulse <pulse@localhost>")
        self.WEBHOOK_PRIVATE_ADDRESSES = _flag("PULSE_WEBHOOK_PRIVATE_ADDRESSES", default=False)
        self.POLICY = Policy()
        self.TRUSTED_PROXIES = int(env("PULSE_TRUSTED_PROXIES", "0"))
        self.MAX_CONTENT_LENGTH = 20 * 1024 * 1024
        self.SESSION_COOKIE_NAME = "pulse_session"
        self.SESSION_COOKIE_PATH = "/app"
        self.SESSION_COOKIE_HTTPONLY = True
        self.SESSION_COOKIE_SAMESITE = "Lax"
        self.SESSION_COOKIE_SECURE = self.BASE_URL.startswith("https://")
        # A token lives as long as its session: whoever types for an hour loses nothing.
        self.WTF_CSRF_TIME_LIMIT: int | None = None
        self.RATELIMIT_STORAGE_URI = env("PULSE_RATELIMIT_STORAGE", "memory://")


class TestConfig(Config):
    """For tests: a given database and key folder, mail kept in memory, small rate limits off."""

    __test__ = False

    def __init__(self, *, database_url: str, key_dir: str) -> None:
        super().__init__(secret_key="only-for-tests-" + "0" * 32)
        self.TESTING = True
        self.DEMO = False
        self.SQLALCHEMY_DATABASE_URI = database_url
        self.KEY_DIR = key_dir
        self.MAIL_TRANSPORT = "memory"
        self.BASE_URL = "http://localhost"
        self.SESSION_COOKIE_SECURE = False
        self.WTF_CSRF_ENABLED = False
        self.RATELIMIT_ENABLED = False


def _is_demo(database_url: str) -> bool:
    """Whether this very database was made as a demo: ``flask start`` leaves its address."""
    marker = INSTANCE / "demo"
    return marker.exists() and marker.read_text(encoding="utf-8") == database_url


def _kept_secret() -> str:
    """The secret of this machine, made once and kept beside the database (mode 0600)."""
    path = INSTANCE / "secret_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent) as place:
            made = Path(place) / "secret_key"
            descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(os.urandom(32).hex())
            # Of several processes that start at once the first wins, with a whole file.
            with contextlib.suppress(FileExistsError):
                os.link(made, path)
    return path.read_text(encoding="utf-8").strip()
