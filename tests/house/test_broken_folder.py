"""A data folder that something happened to: one sentence with the mend, and nothing made up."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bookedbarber.cli import household
from tests.house.conftest import short_folder
from tests.house.processes import free_port, house


@pytest.fixture(scope="module")
def laid_out() -> Iterator[Path]:
    """A data folder with a database, its keys and nothing running."""
    with short_folder() as folder:
        made = house("migrate", BOOKEDBARBER_DATA_DIR=str(folder))
        assert made.returncode == 0, made.stderr
        yield folder


def up(data_dir: Path) -> str:
    """What `bookedbarber up` says, which must be one sentence."""
    answer = house(
        "up",
        BOOKEDBARBER_DATA_DIR=str(data_dir),
        BOOKEDBARBER_PORT=str(free_port()),
        BOOKEDBARBER_SANDBOX_PORT=str(free_port()),
    )
    assert answer.returncode == 2, answer.stderr
    assert answer.stderr.count("\n") == 1, answer.stderr
    return answer.stderr


@pytest.mark.parametrize(
    ("name", "content", "mend"),
    [
        ("secrets/master.key", b"garbage\n", "put its copy back or into BOOKEDBARBER_MASTER_KEY"),
        ("secrets/master.key", b"", "put its copy back or into BOOKEDBARBER_MASTER_KEY"),
        ("secrets/master.key", b"\xff\xfe", "put its copy back or into BOOKEDBARBER_MASTER_KEY"),
        ("secrets/sandbox.secret_key", b"", "remove it, and the next start makes a new one"),
        ("secrets/webhook.json", b"{", "remove it, and the next start makes a new one"),
        ("secrets/webhook.json", b'{"id": 1}', "remove it, and the next start makes a new one"),
        ("postgres/roles.json", b"[]", "remove it, and the next start makes new passwords"),
        ("postgres/roles.json", b"{", "remove it, and the next start makes new passwords"),
        ("clock.json", b"{", "remove it for system time"),
    ],
)
def test_a_kept_file_that_is_broken_is_named_with_its_mend(
    laid_out: Path, name: str, content: bytes, mend: str
) -> None:
    path = laid_out / name
    before = path.read_bytes() if path.exists() else None
    path.write_bytes(content)
    try:
        said = up(laid_out)
        assert path.name in said
        assert mend in said
        assert path.read_bytes() == content
    finally:
        path.unlink() if before is None else path.write_bytes(before)


@pytest.mark.parametrize("name", ["secrets", "postgres", "sandbox"])
def test_a_folder_that_is_a_file_is_named(data_dir: Path, name: str) -> None:
    data_dir.mkdir()
    (data_dir / "BOOKEDBARBER").touch()
    (data_dir / name).write_text("not a folder")
    assert f"{data_dir / name} must be a folder and is none: move it away" in up(data_dir)
    with household.claim(data_dir) as house:  # as `--fresh` does
        house.start_over()
        house.check()
    assert not (data_dir / name).exists()


def test_a_file_where_a_key_should_be_is_told_to_those_who_only_look(laid_out: Path) -> None:
    key = laid_out / "secrets" / "sandbox.secret_key"
    kept = key.read_bytes()
    key.unlink()
    key.mkdir()
    try:
        answer = house("sandbox", "--data-dir", str(laid_out))
        assert answer.returncode == 2
        assert f"{key} cannot be read (Is a directory): remove it" in answer.stderr
        assert answer.stderr.count("\n") == 1
    finally:
        key.rmdir()
        key.write_bytes(kept)


def test_a_lost_master_key_is_never_replaced_over_what_it_sealed(laid_out: Path) -> None:
    key = laid_out / "secrets" / "master.key"
    kept = key.read_bytes()
    key.unlink()
    try:
        for said in (up(laid_out), house("migrate", "--data-dir", str(laid_out)).stderr):
            assert f"{key} is lost, and nothing else opens what was sealed: put its copy" in said
        assert not key.exists()
    finally:
        key.write_bytes(kept)


@pytest.mark.parametrize("command", ["up", "books", "doctor", "inbox", "web"])
def test_a_path_too_long_for_a_socket_is_told_by_every_command(
    data_dir: Path, command: str
) -> None:
    far = data_dir / ("x" * 90)
    answer = house(
        command,
        BOOKEDBARBER_DATA_DIR=str(far),
        BOOKEDBARBER_PORT=str(free_port()),
        BOOKEDBARBER_SANDBOX_PORT=str(free_port()),
    )
    assert answer.returncode == 2
    assert f"The path of {far} is too long for a unix socket: set" in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_a_sandbox_whose_state_is_broken_says_so(data_dir: Path) -> None:
    household.prepare(data_dir)
    (data_dir / "sandbox").mkdir()
    (data_dir / "sandbox" / "sandbox.sqlite3").write_bytes(b"no database" * 1000)
    answer = house(
        "sandbox",
        BOOKEDBARBER_DATA_DIR=str(data_dir),
        BOOKEDBARBER_SANDBOX_PORT=str(free_port()),
    )
    assert answer.returncode == 2
    said = answer.stderr
    assert "The sandbox cannot use" in said
    assert "move it away, or start over with --fresh" in said
    assert "Traceback" not in said
