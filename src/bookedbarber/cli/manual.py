"""Pages of `docs/` that are made from the code, so that they cannot fall behind it."""

from pydantic_core import PydanticUndefined

from bookedbarber import config
from bookedbarber.config import Settings

_HEAD = """# Settings

Every setting is an environment variable, read once at start. An empty one counts as unset. A
setting that cannot be is answered with one sentence that names it and the mend.
(Made by `bookedbarber docs settings`; `make check` holds it to the code.)

| variable | default | meaning |
|---|---|---|
"""


def settings() -> str:
    """The text of `docs/settings.md`."""
    rows = []
    for name, field in Settings.model_fields.items():
        default = field.get_default()
        shown = "" if default in (None, (), PydanticUndefined) else f"`{default}`"
        meaning = (field.description or "").replace("|", "\\|")
        rows.append(f"| `{config.variable(name)}` | {shown} | {meaning} |\n")
    return _HEAD + "".join(rows)
