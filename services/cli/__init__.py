"""The command line: `python -m services.cli`, or `make` for the usual ways in."""
