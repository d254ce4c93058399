"""Pages of `docs/` that are made from the code, so that they cannot fall behind it."""

from pydantic_core import PydanticUndefined

from bookedbarber import config
from bookedbarber.api import problems
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


_ERRORS = """# Errors

Every refusal and outage has a stable code. Answers follow RFC 9457 (`application/problem+json`):
`code`, `title`, `status`, `next_step`, `retryable`, and facts that the caller may act on. `type` is
the address of the code's entry on a page of the running house.
(Made by `bookedbarber docs errors`; `make check` holds it to the code.)

"""


def errors() -> str:
    """The text of `docs/errors.md`."""
    parts = [
        f'<a id="{problem.code}"></a>\n\n## {problem.code}\n\n'
        f"{problem.status}{', may be retried' if problem.retryable else ''}. {problem.title} "
        f"{problem.next_step}\n"
        for problem in problems.in_order()
    ]
    return _ERRORS + "\n".join(parts)
