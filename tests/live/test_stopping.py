"""A house with a live page open stops as fast as any, and the page is told, not cut off."""

import contextlib
import re
from pathlib import Path

import httpx2 as httpx
import pyotp
import pytest

from bookedbarber.pages.demo import Demo
from tests.house.processes import House, eventually, running_house, slowness


def signed_in(up: House, data_dir: Path) -> httpx.Client:
    """The first of the demo's people, at their browser."""
    assert eventually(lambda: bool(Demo(data_dir).logins()), within=60)
    login = Demo(data_dir).logins()[0]
    browser = httpx.Client(base_url=up.site_url, timeout=30)
    form = {"email": login.email, "password": login.password}
    asked = browser.post("/desk/sign-in", data=form, follow_redirects=True)
    assert (code := pyotp.TOTP(login.seed).now()) in asked.text
    assert browser.post(str(asked.url), data={"code": code}).status_code == 303
    return browser


@pytest.mark.proves("R5.4", "R4.1")
def test_a_house_with_a_live_page_open_stops_within_three_seconds(data_dir: Path) -> None:
    with running_house(data_dir) as up, contextlib.closing(signed_in(up, data_dir)) as browser:
        page = browser.get("/desk", follow_redirects=True)
        [shop, *_] = re.findall(r"/desk/([\w-]+)/", f"{page.url}{page.text}")
        with browser.stream("GET", f"/desk/{shop}/live") as stream:
            assert stream.status_code == 200
            assert stream.headers["content-type"].startswith("text/event-stream")
            frames = stream.iter_text()
            assert "event: changed" in next(frames)
            assert up.stop() < slowness() * 3
            list(frames)  # ends as streams end: a cut one would raise
        assert up.process.returncode == 0
