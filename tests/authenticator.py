"""An authenticator app, as far as a person needs one: it reads a page and shows codes."""

import html
import re
from datetime import datetime

import httpx2 as httpx
import pyotp


def key_on(page: str) -> str:
    """The key that a page offers, as somebody types it who cannot scan."""
    [shown] = re.findall(r'<code class="key">([^<]+)</code>', page)
    return "".join(shown.split())


async def set_up(there: httpx.AsyncClient, now: datetime, led: str = "/desk/code") -> str:
    """Set up the first authenticator of whoever gave their password; where they are led to."""
    page = await there.get(led, follow_redirects=True)
    [seed] = re.findall(r'name="seed" value="([^"]+)"', page.text)
    [action] = re.findall(r'action="(/desk/authenticator[^"]*)"', page.text)
    data = {"seed": seed, "code": pyotp.TOTP(key_on(page.text)).at(now)}
    answer = await there.post(html.unescape(action), data=data)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])
