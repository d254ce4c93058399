"""A running house as seen from beside it: by commands in another shell, and by its neighbours."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from bookedbarber import config
from bookedbarber.database import embedded
from tests.house.conftest import short_folder
from tests.house.processes import House, house, running_house


@pytest.fixture(scope="module")
def up() -> Iterator[House]:
    """One house for all that only look, with settings that no child needs to know."""
    with short_folder() as folder, running_house(folder) as running:
        yield running


def surroundings(up: House, part: str) -> str:
    """The command line and the environment of one part, as the machine shows them."""
    [pid] = up.children(part)
    shown = [Path(f"/proc/{pid}/{name}").read_bytes() for name in ("cmdline", "environ")]
    return b"\n".join(shown).replace(b"\0", b"\n").decode()


def secret(up: House, name: str) -> str:
    return (up.data_dir / "secrets" / name).read_text().strip()


@pytest.mark.parametrize("command", ["books", "inbox", "clock"])
def test_a_command_in_another_shell_finds_the_house_by_its_folder(up: House, command: str) -> None:
    answer = house(command, "--data-dir", str(up.data_dir))  # and none of the ports
    assert answer.returncode == 0, answer.stderr


def test_the_doctor_in_another_shell_asks_at_the_houses_own_port(up: House) -> None:
    said = house("doctor", "--data-dir", str(up.data_dir)).stdout
    assert (
        f"ok       webhook endpoint: among 1 enabled at Stripe: http://127.0.0.1:{up.port}" in said
    )


def test_the_owners_address_and_the_master_key_reach_nobody_who_needs_them_not(up: House) -> None:
    addresses = embedded.locate(up.data_dir)
    assert addresses is not None
    owner = addresses.owner_url.partition("owner:")[2].partition("@")[0]
    parts = {name: surroundings(up, name) for name in ("web --fd", "cli worker", ".sandbox")}
    parts["postgres"] = surroundings(up, f"-D {up.data_dir}/postgres/cluster")
    for name, shown in parts.items():
        assert owner not in shown, name
        assert "\nDATABASE_URL=" not in shown, name
    key, stripe = secret(up, "master.key"), secret(up, "sandbox.secret_key")
    assert {name for name, shown in parts.items() if key in shown} == {"web --fd", "cli worker"}
    assert "BOOKEDBARBER_" not in parts[".sandbox"] + parts["postgres"]
    assert f"SANDBOX_SECRET_KEY={stripe}" in parts[".sandbox"]
    for shown in parts.values():
        assert stripe not in shown.partition("PATH=")[0]  # no command line holds it


def test_the_embedded_server_has_room_for_every_process(up: House) -> None:
    settings = config.load(up.environment)
    addresses = embedded.locate(up.data_dir)
    assert addresses is not None
    with psycopg.connect(addresses.admin_url) as admin:
        row = admin.execute("show max_connections").fetchone()
    assert row == (str(settings.connections),)
    many = config.load({**up.environment, "BOOKEDBARBER_WEB_WORKERS": "64"})
    assert many.connections - settings.connections == 63 * 2 * config.WEB_CONNECTIONS
