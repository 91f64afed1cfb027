"""The stub of the compiled module declares exactly what the module has."""

import ast
import re
from pathlib import Path
from typing import Any

import gpu_sweep as gs
from gpu_sweep import _core

STUB = ast.parse((Path(gs.__file__).parent / "_core.pyi").read_text(encoding="utf-8"))


def arguments_of(function: ast.FunctionDef) -> list[str]:
    names = [each.arg for each in (*function.args.args, *function.args.kwonlyargs)]
    return [name for name in names if name != "self"]


def documented_arguments(function: Any) -> list[str]:
    """Return the names in the signature that nanobind writes into the docstring."""
    first = function.__doc__.splitlines()[0]
    names = re.findall(r"(?:\(|, )(\w+): ", first)
    return [name for name in names if name != "self"]


def check(functions: list[ast.FunctionDef], owner: Any) -> None:
    for function in functions:
        real = getattr(owner, function.name)
        if not function.decorator_list:
            assert documented_arguments(real) == arguments_of(function), function.name


def test_names_and_arguments() -> None:
    functions = [node for node in STUB.body if isinstance(node, ast.FunctionDef)]
    classes = [node for node in STUB.body if isinstance(node, ast.ClassDef)]
    public = {name for name in vars(_core) if not name.startswith("_")}
    assert {node.name for node in functions} | {node.name for node in classes} == public
    check(functions, _core)
    for node in classes:
        owner = getattr(_core, node.name)
        methods = [each for each in node.body if isinstance(each, ast.FunctionDef)]
        assert {each.name for each in methods} - {"__init__"} == {n for n in vars(owner) if not n.startswith("_")}
        check(methods, owner)
