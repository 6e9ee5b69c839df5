"""Which commands are there? Each lives in a module of its own, imported only when it is asked for.

A platform starts nine processes with `serve` and `work`; none of them should load what only `import` needs.
"""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

COMMANDS = {
    "demo": "services.cli.demo.demo:demo",
    "up": "services.cli.up:up",
    "migrate": "services.cli.migrate:migrate",
    "doctor": "services.cli.doctor.doctor:doctor",
    "roster": "services.cli.roster:roster",
    "school": "services.cli.school:school",
    "import": "services.cli.import_file:import_sheet",
    "export": "services.cli.export_list:export_list",
    "letters": "services.cli.letters:letters",
    "lottery": "services.cli.lottery:lottery",
    "operator-token": "services.cli.operator_token:operator_token",
    "revise": "services.cli.revise:revise",
    "secrets": "services.cli.write_secrets:secrets",
    "serve": "services.cli.serve:serve",
    "work": "services.cli.work:work",
}
"""Name of a command -> where it is: a function, or a `typer.Typer` with commands of its own."""


class LazyGroup(TyperGroup):
    """Finds a command by its entry in ``COMMANDS``."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names as they are shown."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - click's signature
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(":")
        found = getattr(import_module(module), name)
        if not isinstance(found, typer.Typer):
            alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
            alone.command(name=cmd_name)(found)
            found = alone
        command = typer.main.get_command(found)
        command.name = cmd_name  # A group has none of its own, and the list of commands shows it.
        return command


kehou = typer.Typer(
    name="kehou",
    cls=LazyGroup,
    help="After-school service for public schools. Start with `make demo` or `make up`.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@kehou.callback()
def _root() -> None:
    """After-school service for public schools. Start with `make demo` or `make up`."""
