"""The demo company, built once and copied for each test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine

from config import TestConfig
from employee_pulse.app import create_app
from employee_pulse.demo import build
from employee_pulse.foundation import clock
from employee_pulse.foundation.db import Base, db


def demo_app(folder: Path) -> Flask:
    """An application in demo mode with its database and its keys in a folder."""
    keys = folder / "keys"
    keys.mkdir(mode=0o700, exist_ok=True)
    config = TestConfig(database_url=f"sqlite:///{folder / 'pulse.db'}", key_dir=str(keys))
    config.DEMO = True
    config.MAIL_TRANSPORT = "demo"
    return create_app(config)


@pytest.fixture(scope="session")
def _built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    engine = create_engine(f"sqlite:///{folder / 'pulse.db'}")
    Base.metadata.create_all(engine)
    engine.dispose()
    app = demo_app(folder)
    with app.app_context():
        build.build(clock.now())
        db.session.remove()
        db.engine.dispose()
    return folder


@pytest.fixture
def demo(_built: Path, tmp_path: Path) -> Iterator[Flask]:
    """The built company, in a database of its own."""
    folder = tmp_path / "demo"
    shutil.copytree(_built, folder)
    app = demo_app(folder)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def in_demo(demo: Flask) -> Iterator[Flask]:
    """Inside the application context."""
    with demo.app_context():
        yield demo
