"""Ratchets against the long tail: a file named after one verb or one question cannot become a drawer."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source_tree import named, parsed, project_files, python_files

CODE = ("services", "tests", "bench", "scripts")
MOST_LINES_OF_A_FILE = 300
MOST_LINES_OF_A_FUNCTION = 50
MOST_ARGUMENTS = 7
VAGUE = {
    *("util", "utils", "helper", "helpers", "common", "misc", "manager", "managers", "service", "base"),
    *("core", "lib", "tools", "stuff", "shared", "handlers", "logic", "queries", "crud", "repository"),
}
"""Names that mean “anything about X”: the file that grows to four thousand lines always has one of them."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions_of(path: Path) -> Iterator[Function]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, Function):
            yield node


def lines_of(function: Function) -> int:
    """Return how many lines the body takes; its docstring is no burden."""
    first = function.body[1] if ast.get_docstring(function) and len(function.body) > 1 else function.body[0]
    return (function.end_lineno or first.lineno) - first.lineno + 1


def arguments_of(function: Function) -> list[str]:
    """Return what a caller hands over."""
    told = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return [argument.arg for argument in told if argument.arg not in {"self", "cls"}]


def test_no_file_is_longer_than_300_lines() -> None:
    long = {
        named(path): count
        for path in python_files(*CODE)
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES_OF_A_FILE
    }
    assert not long


def test_no_function_is_longer_than_50_lines() -> None:
    long = [
        f"{named(path)}:{function.lineno} {function.name}: {lines_of(function)}"
        for path in python_files(*CODE)
        for function in functions_of(path)
        if lines_of(function) > MOST_LINES_OF_A_FUNCTION
    ]
    assert not long


def test_no_function_takes_more_than_7_arguments() -> None:
    wide = [
        f"{named(path)}:{function.lineno} {function.name}"
        for path in python_files("services", "scripts")
        for function in functions_of(path)
        if len(arguments_of(function)) > MOST_ARGUMENTS
    ]
    assert not wide


def test_every_module_says_in_a_sentence_what_it_is_for() -> None:
    silent = [
        named(path)
        for path in python_files("services", "scripts", "bench")
        if not ast.get_docstring(parsed(path))
    ]
    assert not silent


def test_no_file_has_a_name_that_could_mean_anything() -> None:
    vague = [named(path) for path in project_files() if path.suffix == ".py" and path.stem in VAGUE]
    vague += [named(path) for path in python_files("services") if path.parent.name in VAGUE]
    assert not vague


def test_nobody_raises_a_bare_http_exception() -> None:
    """Refusals have names; only the kernel knows the framework's own, to answer it and to end a body too large."""
    raised = [
        f"{named(path)}:{node.lineno}"
        for path in python_files("services")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Raise) and "HTTPException" in ast.dump(node)
    ]
    assert not raised
    catching = {
        named(path)
        for path in python_files("services")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ImportFrom) and any(alias.name == "HTTPException" for alias in node.names)
    }
    assert catching <= {"services/kernel/web/problems.py", "services/kernel/web/envelope.py"}
