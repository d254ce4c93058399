"""One web process: serves the pages and the API on a socket that it may share with others."""

import os
import socket
from typing import Final

import uvicorn
from uvicorn.importer import import_from_string

from bookedbarber import log
from bookedbarber.config import Settings
from bookedbarber.history import History
from bookedbarber.pages.live import Hub

_SITE: Final = "bookedbarber.cli.web:build"
_GRACE: Final = 1  # second that open requests get at shutdown
# Seconds. Longer than the 60 for which proxies keep their connections: whoever closes first must
# not be us, or a request that is on its way meets a closed door (502).
_IDLE: Final = 75


def serve(settings: Settings, listener: socket.socket, *, site: str = _SITE) -> None:
    """Serve until SIGTERM; whatever is still open then is cut off after the grace.

    `site` names another factory than our own, as `module:function`.
    """
    log.configure(level=settings.log_level, hushed=History(settings.data_dir).racing)
    os.environ.update(settings.to_environment())  # the site's factory reads its own settings
    # Built before uvicorn takes the signals: whoever is asked to stop while it still loads, stops.
    app = import_from_string(site)()
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,  # the site writes one canonical line per request: api/request_log.py
        server_header=False,
        timeout_graceful_shutdown=_GRACE,
        timeout_keep_alive=_IDLE,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
    )
    _Server(config).run(sockets=[listener])


class _Server(uvicorn.Server):
    """Tells live pages that it stops, so that they end at once and look for another process."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop serving."""
        live = getattr(getattr(self.config.app, "state", None), "live", None)
        if isinstance(live, Hub):
            live.close()
        await super().shutdown(sockets)
