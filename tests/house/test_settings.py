"""A bad setting is one sentence with the mend in it, and never repeats a secret."""

import base64

import pytest
from stripe import _api_version

from bookedbarber import config
from bookedbarber.config import BadSetting, Settings

KEY = base64.b64encode(bytes(range(32))).decode()
LIVE = {
    "BOOKEDBARBER_ENVIRONMENT": "production",
    "STRIPE_API_KEY": "sk_live_hush",
    "STRIPE_PUBLISHABLE_KEY": "pk_live_shown",
    "STRIPE_WEBHOOK_SECRETS": "whsec_hush, whsec_older",
    "BOOKEDBARBER_MASTER_KEY": KEY,
}
DATABASE = {
    "DATABASE_URL": "postgresql://owner:hush@db/x",
    "BOOKEDBARBER_DATABASE_APP_URL": "postgresql://app:hush@db/x",
    "BOOKEDBARBER_DATABASE_PLATFORM_URL": "postgresql://platform:hush@db/x",
}


def test_an_empty_environment_is_a_demo() -> None:
    settings = config.load({})
    assert settings.demo
    assert settings.site_url == "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("0.0.0.0", "http://127.0.0.1:8000"),  # noqa: S104 # not bound
        ("::", "http://[::1]:8000"),
        ("fd00::2", "http://[fd00::2]:8000"),
        ("barber.internal", "http://barber.internal:8000"),
    ],
)
def test_an_address_can_be_called_whatever_is_served_on(host: str, site: str) -> None:
    assert config.load({}, host=host).site_url == site


def test_proxies_are_addresses_and_networks() -> None:
    given = {"BOOKEDBARBER_TRUSTED_PROXIES": " 10.0.0.7/32, 192.168.1.0/24,fd00::1 ,"}
    settings = config.load(given)
    assert settings.trusted_proxies == ("10.0.0.7", "192.168.1.0/24", "fd00::1")
    assert config.load(settings.to_environment()) == settings


def test_an_empty_variable_counts_as_unset() -> None:
    assert config.load({"STRIPE_API_KEY": "", "DATABASE_URL": " "}) == config.load({})


def test_a_child_process_reads_the_same_settings() -> None:
    settings = config.load({**LIVE, **DATABASE, "BOOKEDBARBER_DATA_DIR": "/some/where"})
    assert config.load(settings.to_environment()) == settings


def test_a_demo_may_be_told_to_fail_on_purpose() -> None:
    assert config.load({"BOOKEDBARBER_FAILPOINTS": "settle.before_commit=exit"}).demo


def test_settings_do_not_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        setattr(config.load({}), "port", 1)  # noqa: B010 # mypy already refuses the plain form


def test_a_command_line_option_wins_over_the_environment() -> None:
    assert config.load({"BOOKEDBARBER_PORT": "9000"}, port=9001, host=None).port == 9001


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"BOOKEDBARBER_PORT": "hush"}, "BOOKEDBARBER_PORT must be a valid integer"),
        ({"BOOKEDBARBER_PORT": "65536"}, "BOOKEDBARBER_PORT must be less than or equal to 65535."),
        ({"BOOKEDBARBER_HOLD_MINUTES": "0"}, "BOOKEDBARBER_HOLD_MINUTES must be greater"),
        ({"BOOKEDBARBER_PROT": "1"}, "did you mean BOOKEDBARBER_PORT?"),
        ({"BOOKEDBARBER_XYZZY": "1"}, "docs/settings.md"),
        ({"BOOKEDBARBER_ENVIRONMENT": "prod"}, "BOOKEDBARBER_ENVIRONMENT must be 'demo' or"),
        ({"STRIPE_API_KEY": "sk_live_hush"}, "STRIPE_API_KEY is a live key and demo never"),
        ({"STRIPE_API_KEY": "rk_live_hush"}, "STRIPE_API_KEY is a live key and demo never"),
        ({"STRIPE_API_KEY": "hush"}, "STRIPE_API_KEY is no Stripe secret key"),
        ({"STRIPE_PUBLISHABLE_KEY": "pk_live_hush"}, "STRIPE_PUBLISHABLE_KEY is a live key"),
        ({"STRIPE_PUBLISHABLE_KEY": "hush"}, "STRIPE_PUBLISHABLE_KEY has the wrong form"),
        ({"STRIPE_WEBHOOK_SECRETS": "whsec_a,hush"}, "begins with whsec_"),
        ({"BOOKEDBARBER_MASTER_KEY": "hush"}, "openssl rand -base64 32"),
        ({"BOOKEDBARBER_MASTER_KEY": "aHVzaA=="}, "openssl rand -base64 32"),
        ({"DATABASE_URL": "mysql://hush@x"}, "DATABASE_URL has the wrong form"),
        ({"REDIS_URL": "redis://:hush@x:notaport"}, "REDIS_URL names no port that can be called"),
        ({"REDIS_URL": "redis://x?socket_timeout=hush"}, "REDIS_URL is no address of a Redis"),
        ({"BOOKEDBARBER_PUBLIC_URL": "http://hush:65536"}, "BOOKEDBARBER_PUBLIC_URL names no port"),
        ({"BOOKEDBARBER_STRIPE_API_BASE": "http://hush:0"}, "STRIPE_API_BASE names no port"),
        ({"BOOKEDBARBER_TRUSTED_PROXIES": "hush"}, "TRUSTED_PROXIES holds something that is no"),
        ({"BOOKEDBARBER_TRUSTED_PROXIES": "*"}, "TRUSTED_PROXIES holds something that is no"),
        ({"BOOKEDBARBER_TRUSTED_PROXIES": "10.0.0.1/8"}, "as in 10.0.0.7,192.168.1.0/24"),
        ({"DATABASE_URL": "postgres://hush@x"}, "BOOKEDBARBER_DATABASE_APP_URL is missing"),
        ({**LIVE, "STRIPE_PUBLISHABLE_KEY": "pk_test_hush"}, "are of different modes"),
        ({**LIVE, "BOOKEDBARBER_FAILPOINTS_ALLOWED": "hush"}, "production wants it unset"),
        ({**LIVE, "BOOKEDBARBER_SANDBOX_URL": "http://hush"}, "production has no sandbox"),
    ],
)
def test_a_bad_setting_names_the_variable_and_the_mend(
    environment: dict[str, str], sentence: str
) -> None:
    with pytest.raises(BadSetting) as refused:
        config.load(environment)
    text = str(refused.value)
    assert sentence in text
    assert "hush" not in text
    assert "aHVzaA" not in text
    assert "\n" not in text


@pytest.mark.parametrize("missing", [name for name in LIVE if name != "BOOKEDBARBER_ENVIRONMENT"])
def test_production_makes_nothing_up(missing: str) -> None:
    with pytest.raises(BadSetting, match=f"{missing} is missing"):
        config.load({name: value for name, value in LIVE.items() if name != missing})


def test_settings_shown_hide_their_secrets() -> None:
    environment = {**LIVE, **DATABASE, "REDIS_URL": "redis://:hush@r", "BOOKEDBARBER_SMTP_URL": ""}
    shown = repr(config.load(environment))
    assert "hush" not in shown
    assert KEY not in shown


def test_the_browser_script_is_of_the_release_that_the_sdk_belongs_to() -> None:
    assert f"/{_api_version._ApiVersion.CURRENT_MAJOR}/" in Settings().stripe_js_url


def test_every_setting_is_described_in_a_sentence() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert field.description.endswith("."), name
