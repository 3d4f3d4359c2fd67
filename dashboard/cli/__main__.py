"""Run the command line as `python -m dashboard.cli`."""

from dashboard.cli import main

main(prog_name="headway")
