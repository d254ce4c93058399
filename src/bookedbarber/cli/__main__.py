"""`python -m bookedbarber.cli` is `bookedbarber`: how the house starts its own processes."""

from bookedbarber.cli import app

app(prog_name="bookedbarber")
