"""Whoever asks for help is shown every command by its name."""

import typer

from services.cli.commands import COMMANDS, kehou


def test_every_command_goes_by_its_name_in_the_list() -> None:
    group = typer.main.get_command(kehou)
    assert isinstance(group, typer.core.TyperGroup)
    context = group.make_context("kehou", ["--help"], resilient_parsing=True)
    assert [found.name for name in COMMANDS if (found := group.get_command(context, name))] == list(COMMANDS)
