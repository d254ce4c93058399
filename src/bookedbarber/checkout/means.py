"""What the stories act with, put together once by each door."""

from dataclasses import dataclass
from datetime import timedelta

from bookedbarber.database import Database
from bookedbarber.processor.client import Processor
from bookedbarber.vault import Vault


@dataclass(frozen=True, slots=True)
class Means:
    """The database, Stripe, the vault, and the house's own settings."""

    database: Database
    processor: Processor
    vault: Vault
    hold: timedelta
    link_key: bytes
    site_url: str
