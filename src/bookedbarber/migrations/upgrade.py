"""Brings a database to the newest schema."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

HERE = Path(__file__).resolve().parent


def upgrade(owner_url: str) -> None:
    """Apply every migration that is missing, as the owner role; nothing when there is none.

    The roles `bookedbarber_app` and `bookedbarber_platform` must exist: see docs/operations.md.
    """
    config = _config()
    config.attributes["url"] = sqlalchemy_url(owner_url)
    command.upgrade(config, "head")


def head() -> str:
    """The version of the newest schema."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def sqlalchemy_url(url: str) -> str:
    """The same address, naming the driver that Alembic uses."""
    return "postgresql+psycopg://" + url.partition("://")[2]


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    return config
