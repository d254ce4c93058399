"""What stands beside the house and can be told to be wrong before anything starts."""

from bookedbarber.cli.household import CannotRun
from bookedbarber.config import Settings

_PATIENCE = 3.0  # seconds that Redis may take to answer


def check_mail(settings: Settings) -> None:
    """Refuse a mail server that cannot be written to as it is given. Raises `BadSetting`."""
    if settings.smtp_url is not None:
        from bookedbarber.checkout.means import mail_of  # noqa: PLC0415 # costs whoever sets it

        mail_of(settings)


def check_redis(settings: Settings) -> None:
    """Refuse a Redis that does not answer: every request would wait for it. Raises `CannotRun`."""
    if settings.redis_url is None:
        return
    import redis  # noqa: PLC0415 # as above

    try:
        with redis.Redis.from_url(
            settings.redis_url, socket_timeout=_PATIENCE, socket_connect_timeout=_PATIENCE
        ) as server:
            server.ping()
    except redis.RedisError as error:
        mend = "start it, or unset REDIS_URL to let each process keep its own limits"
        raise CannotRun(f"The Redis of REDIS_URL does not answer ({error}): {mend}.") from None
