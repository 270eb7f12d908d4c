"""The invariants of analyzer/README.md, held by reading the source of the package."""

import ast
import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final, TypeAlias

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
PACKAGE: Final = ROOT / "analyzer"
FILES: Final = sorted(path.relative_to(ROOT).as_posix() for path in PACKAGE.rglob("*.py"))

LAYERS: Final[dict[str, frozenset[str]]] = {
    "core": frozenset(),
    "ir": frozenset({"core"}),
    "source": frozenset({"core", "ir", "kept"}),
    "cfront": frozenset({"core", "ir", "source"}),
    "summary": frozenset({"core", "ir", "source", "cfront"}),
    "program": frozenset({"core", "ir"}),
    "dataflow": frozenset({"core", "ir", "program"}),
    "checkers": frozenset({"core", "ir", "program", "dataflow"}),
    "rulebook": frozenset({"core", "ir", "cfront.strict", "cfront.edits", "dataflow", "checkers"}),
    "triage": frozenset({"core", "checkers.scope", "rulebook.language", "rulebook.table"}),
    "report": frozenset({"core"}),
    "kept": frozenset({"core"}),
    "daemon": frozenset({"core", "kept"}),
    "rounds": frozenset({"core", "program", "dataflow", "checkers", "summary"}),
    "outcome": frozenset({"core", "cfront", "program", "rulebook", "source", "summary"}),
    "inspect": frozenset(
        {"core", "ir", "source", "summary", "program", "dataflow", "checkers", "rulebook"}
        | {"pipeline", "outcome", "rounds"}
    ),
    "lsp": frozenset({"core", "source", "rulebook", "report", "inspect", "pipeline"}),
}
"""What a layer may import beside itself; pipeline may import all of these but `inspect` and `lsp`,
cli everything.

`inspect` answers questions of a reader. It stands on the pipeline, which reads and judges a tree,
so that a verdict is the same wherever it is shown, and gives values of `core`, which `report`
prints.
"""

OWNERS: Final = {
    "tree_sitter": "cfront",
    "tree_sitter_c": "cfront",
    "pycparser": "cfront",
    "click": "cli",
    "rich": "cli",
    "sarif_om": "report",
    "attr": "report",
    "pygls": "lsp",
    "lsprotocol": "lsp",
    "sqlite3": "summary",
    "multiprocessing": "summary",
    "subprocess": "source",
}
"""The one layer that may import a package."""

PURE: Final = frozenset({"core", "ir", "cfront", "program", "dataflow", "checkers", "triage"})
OUTSIDE: Final = frozenset(
    {"os", "pathlib", "time", "datetime", "random", "logging", "socket", "tempfile", "shutil"}
)
"""What tells a function of the world outside its arguments."""

WORKING: Final = frozenset({"Site", "Cursor", "Demands", "Places"})
"""Dataclasses that are filled while something is read, though other modules see them."""

MOST_LINES: Final = 400
MOST_FUNCTION_LINES: Final = 60
MOST_PARAMETERS: Final = 5

Def: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef

_MUTATORS: Final = frozenset(
    {"append", "add", "update", "pop", "popitem", "setdefault", "clear", "extend", "remove"}
    | {"insert", "discard", "sort", "reverse", "appendleft", "popleft"}
)
_CONTAINERS: Final = frozenset(
    {"list", "dict", "set", "bytearray", "defaultdict", "Counter", "deque", "OrderedDict"}
)
_CONSTANT: Final = re.compile(r"_*[A-Z][A-Z0-9_]*|_?[A-Z]\w*|__\w+__")


@cache
def tree_of(file: str) -> ast.Module:
    """The syntax tree of a module."""
    return ast.parse((ROOT / file).read_text(), file)


def layer_of(file: str) -> str:
    """The layer of a module: its folder, or its own name at the top."""
    parts = Path(file).parts
    return parts[1].removesuffix(".py")


def imports(file: str, at_run_time: bool = False) -> Iterator[tuple[int, str]]:
    """The line and name of every import; `a.b` for `from a import b` if b is a module."""
    for node in ast.walk(tree_of(file)):
        if at_run_time and _is_typing_only(file, node):
            continue
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{node.lineno}: a relative import"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield node.lineno, inner if _file_of(inner) else str(node.module)


def _is_typing_only(file: str, node: ast.AST) -> bool:
    return any(
        isinstance(test, ast.If)
        and isinstance(test.test, ast.Name)
        and test.test.id == "TYPE_CHECKING"
        and node in test.body
        for test in tree_of(file).body
    )


def _file_of(module: str) -> str:
    """The file of a module of the package, "" for any other."""
    path = module.replace(".", "/")
    return next((each for each in (f"{path}.py", f"{path}/__init__.py") if each in FILES), "")


def functions(file: str) -> Iterator[tuple[Def, tuple[ast.ClassDef, ...]]]:
    """Every function of a module, with the classes around it."""

    def walk(
        node: ast.AST, classes: tuple[ast.ClassDef, ...]
    ) -> Iterator[tuple[Def, tuple[ast.ClassDef, ...]]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, Def):
                yield child, classes
            yield from walk(
                child, (*classes, child) if isinstance(child, ast.ClassDef) else classes
            )

    yield from walk(tree_of(file), ())


def every_module(check: Callable[[str], Iterable[str]]) -> Callable[[], None]:
    """A test that `check` finds nothing wrong in any module."""

    def test() -> None:
        assert [f"{file}:{wrong}" for file in FILES for wrong in check(file)] == []

    return test


def test_there_is_a_package() -> None:
    assert len(FILES) > 80
    assert {layer_of(file) for file in FILES} - {"__init__", "pipeline", "cli"} <= set(LAYERS)


# Layers. ------------------------------------------------------------------------------------------


@every_module
def test_imports_point_down(file: str) -> list[str]:
    layer = layer_of(file)
    wrong = []
    for line, name in imports(file):
        parts = name.split(".")
        if parts[0] != "analyzer" or len(parts) == 1:
            continue
        target = parts[1]
        below = LAYERS.keys() - {"inspect", "lsp"}
        allowed = LAYERS.get(layer, frozenset({*LAYERS, "pipeline"} if layer == "cli" else below))
        if target in (layer, *allowed) or ".".join(parts[1:]) in allowed:
            continue
        wrong.append(f"{line}: {layer} imports {name}")
    return wrong


@every_module
def test_packages_are_imported_where_they_belong(file: str) -> list[str]:
    wrong = []
    for line, name in imports(file):
        package = name.partition(".")[0]
        if package == "analyzer":
            continue
        owner = OWNERS.get(package)
        if owner is None and package not in sys.stdlib_module_names:
            wrong.append(f"{line}: {package} has no owner")
        if owner is not None and owner != layer_of(file):
            wrong.append(f"{line}: {package} belongs to {owner}")
    return wrong


@every_module
def test_the_analysis_asks_nothing_of_the_outside(file: str) -> list[str]:
    if layer_of(file) not in PURE:
        return []
    wrong = [f"{line}: {name}" for line, name in imports(file) if name in OUTSIDE]
    wrong += [
        f"{node.lineno}: {node.func.id}()"
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("open", "print", "input", "exec", "eval")
    ]
    return wrong


def test_no_two_modules_need_each_other() -> None:
    needs = {
        file: {found for _, name in imports(file, at_run_time=True) if (found := _file_of(name))}
        for file in FILES
    }
    done: set[str] = set()
    rest = dict(needs)
    while ready := [file for file, needed in rest.items() if needed <= done | {file}]:
        done |= set(ready)
        rest = {file: needed for file, needed in rest.items() if file not in done}
    assert sorted(rest) == []


@every_module
def test_no_star_import(file: str) -> list[str]:
    return [
        f"{node.lineno}: from {node.module} import *"
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)
    ]


# Sizes. -------------------------------------------------------------------------------------------


@every_module
def test_no_module_is_too_long(file: str) -> list[str]:
    size = len((ROOT / file).read_text().splitlines())
    return [f" {size} lines"] if size > MOST_LINES else []


@every_module
def test_no_function_is_too_long(file: str) -> list[str]:
    return [
        f"{function.lineno}: {function.name}() has {size} lines"
        for function, _ in functions(file)
        if (size := (function.end_lineno or 0) - function.lineno + 1) > MOST_FUNCTION_LINES
    ]


@every_module
def test_no_function_has_too_many_parameters(file: str) -> list[str]:
    """Commands are exempt: click hands every option to the command as a parameter of its own."""
    wrong = []
    for function, _ in functions(file):
        if any("command" in ast.unparse(each) for each in function.decorator_list):
            continue
        arguments = function.args
        names = [each.arg for each in (*arguments.posonlyargs, *arguments.args)]
        count = len([n for n in names if n not in ("self", "cls")]) + len(arguments.kwonlyargs)
        if count > MOST_PARAMETERS:
            wrong.append(f"{function.lineno}: {function.name}() has {count} parameters")
    return wrong


# Words. -------------------------------------------------------------------------------------------


@cache
def _classes() -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """For each class of the package the names of its bases and of the methods it documents."""
    found = {}
    for file in FILES:
        for node in ast.walk(tree_of(file)):
            if isinstance(node, ast.ClassDef):
                bases = frozenset(ast.unparse(base).partition("[")[0] for base in node.bases)
                methods = frozenset(
                    each.name
                    for each in node.body
                    if isinstance(each, Def) and ast.get_docstring(each)
                )
                found[node.name] = (bases, methods)
    return found


def _inherits(method: str, owner: str) -> bool:
    """Whether a base class of the package says what the method does."""
    bases, methods = _classes().get(owner, (frozenset(), frozenset()))
    return method in methods or any(_inherits(method, base) for base in bases)


def _is_declared_only(function: Def) -> bool:
    """A member of a protocol without a body: the class says what it is."""
    return [ast.unparse(each) for each in function.body] == ["..."]


@every_module
def test_everything_public_says_what_it_is(file: str) -> list[str]:
    tree = tree_of(file)
    silent = [] if ast.get_docstring(tree) else ["the module"]
    silent += [
        f"class {node.name}:{node.lineno}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and not ast.get_docstring(node)
    ]
    for function, classes in functions(file):
        owner: ast.Module | ast.ClassDef = classes[-1] if classes else tree
        hidden = any(name.startswith("_") for name in (function.name, *(c.name for c in classes)))
        if hidden or function not in owner.body or ast.get_docstring(function):
            continue
        if classes and (_inherits(function.name, classes[-1].name) or _is_declared_only(function)):
            continue
        silent.append(f"{function.name}:{function.lineno}")
    return silent


@every_module
def test_docstrings_begin_with_a_sentence(file: str) -> list[str]:
    nodes: list[ast.Module | ast.ClassDef | Def] = [tree_of(file)]
    nodes += [n for n in ast.walk(tree_of(file)) if isinstance(n, ast.ClassDef | Def)]
    wrong = []
    for node in nodes:
        paragraph = (ast.get_docstring(node) or ".").split("\n\n")[0]
        if paragraph.rstrip()[-1] not in ".:)":
            wrong.append(paragraph)
    return wrong


def _strings(file: str) -> Iterator[tuple[int, str]]:
    """Every string of a module that is no docstring."""
    tree = tree_of(file)
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.lineno, node.value


def kernel_names() -> frozenset[str]:
    """Functions of the kernel: those that the models mention, and the entry points of zapping."""
    lines = (ROOT / "tests/unit/fixtures/kernel_names.txt").read_text().splitlines()
    names = {name for line in lines if not line.startswith("#") for name in line.split()}
    entries = tomllib.loads((ROOT / "rules/models/entries.toml").read_text())["entries"]
    return frozenset(names) | {name for group in entries.values() for name in group}


@every_module
def test_no_kernel_function_is_named_in_code(file: str) -> list[str]:
    names = kernel_names()
    assert len(names) > 500
    return [f"{line}: {text}" for line, text in _strings(file) if text in names]


SUFFIXES: Final = frozenset(
    {".py", ".toml", ".c", ".h", ".md", ".pyi", ".txt", ".sh", ".yml", ".html", ".css", ".js"}
)
TEXTS: Final = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in ("analyzer", "rules", "fixtures", "tests")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in SUFFIXES
)
_OF_ONE_MACHINE: Final = re.compile(
    r"(?<![\w.$}*])/(?:home|root|work|Users|mnt|var/tmp)/(?!someone/)\w+/\w"
)
_LEFT_OVER: Final = re.compile(r"\b(?:TO" + "DO|FIX" + "ME|XX" + r"X|HA" + r"CK)\b")


@pytest.mark.parametrize("pattern", [_OF_ONE_MACHINE, _LEFT_OVER], ids=["paths", "marks"])
def test_no_text_is_of_one_machine_or_unfinished(pattern: re.Pattern[str]) -> None:
    wrong = [
        f"{name}:{number}: {line.strip()}"
        for name in TEXTS
        for number, line in enumerate((ROOT / name).read_text().splitlines(), 1)
        if pattern.search(line)
    ]
    assert wrong == []


# State. -------------------------------------------------------------------------------------------


def _assigned(node: ast.stmt) -> tuple[list[ast.expr], ast.expr | None]:
    match node:
        case ast.Assign(targets=targets, value=value):
            return targets, value
        case ast.AnnAssign(target=target, value=value):
            return [target], value
        case _:
            return [], None


def _is_fresh_container(value: ast.expr | None) -> bool:
    """An empty or growing container: what one would fill later."""
    match value:
        case ast.Dict(keys=[]) | ast.List() | ast.Set() | ast.ListComp() | ast.SetComp():
            return True
        case ast.Call(func=ast.Name(id=name)):
            return name in _CONTAINERS
        case _:
            return False


@every_module
def test_modules_hold_constants_only(file: str) -> list[str]:
    """A filled mapping is tolerated; the next test holds that nobody changes one.

    The main module of the command may hand the commands to click.
    """
    wrong = []
    for node in tree_of(file).body:
        targets, value = _assigned(node)
        function = isinstance(node, ast.AnnAssign) and "Callable" in ast.unparse(node.annotation)
        for target in [] if function else targets:
            name = ast.unparse(target)
            if name != "__all__" and (not _CONSTANT.fullmatch(name) or _is_fresh_container(value)):
                wrong.append(f"{node.lineno}: {name}")
        plain = ast.Import | ast.ImportFrom | Def | ast.ClassDef | ast.If | ast.Expr
        if not targets and not isinstance(node, plain) and file != "analyzer/cli/main.py":
            wrong.append(f"{node.lineno}: a statement that does something")
        if isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant):
            wrong.append(f"{node.lineno}: a call when the module is read")
    return wrong


@every_module
def test_nobody_changes_a_constant(file: str) -> list[str]:
    wrong = []
    for node in ast.walk(tree_of(file)):
        match node:
            case ast.Global() | ast.Nonlocal():
                wrong.append(f"{node.lineno}: {ast.unparse(node)}")
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attribute)):
                if attribute in _MUTATORS and name.isupper():
                    wrong.append(f"{node.lineno}: {name}.{attribute}()")
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
                if name.isupper():
                    wrong.append(f"{node.lineno}: {name}[...] is changed")
            case ast.AugAssign(target=ast.Name(id=name)) if name.isupper():
                wrong.append(f"{node.lineno}: {name} is changed")
    return wrong


@every_module
def test_no_function_remembers_calls_by_itself(file: str) -> list[str]:
    """A cache of functools lives as long as the process; a memo belongs to an object of a run."""
    wrong = [
        f"{function.lineno}: {function.name}()"
        for function, _ in functions(file)
        if any(
            re.search(r"\b(?:lru_cache|cache)\b", ast.unparse(each))
            for each in function.decorator_list
        )
    ]
    return wrong


@every_module
def test_no_default_is_shared_and_mutable(file: str) -> list[str]:
    wrong = [
        f"{function.lineno}: {function.name}()"
        for function, _ in functions(file)
        for default in (*function.args.defaults, *function.args.kw_defaults)
        if isinstance(default, ast.Dict | ast.List | ast.Set) or _is_fresh_container(default)
    ]
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.ClassDef):
            wrong += [
                f"{each.lineno}: {node.name}"
                for each in node.body
                if _is_fresh_container(_assigned(each)[1])
            ]
    return wrong


@every_module
def test_dataclasses_are_frozen_and_slotted(file: str) -> list[str]:
    """A private class, and the few of `WORKING`, may be filled bit by bit; slots they have too."""
    wrong = []
    for node in ast.walk(tree_of(file)):
        if not isinstance(node, ast.ClassDef):
            continue
        for decorator in node.decorator_list:
            text = ast.unparse(decorator)
            if not text.startswith("dataclass"):
                continue
            working = node.name.startswith("_") or node.name in WORKING
            if "slots=True" not in text or ("frozen=True" not in text and not working):
                wrong.append(f"{node.lineno}: {node.name}")
    return wrong


@every_module
def test_no_error_is_swallowed_whole(file: str) -> list[str]:
    """The command alone catches everything, to make a message and a status of a defect, and the
    worker, to send it to the command; and the desk, so that an editor goes on.
    """
    wrong = [
        f"{node.lineno}"
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in ("Exception", "BaseException"))
        and ast.unparse(node.body[-1]) != "raise"
        and file
        not in ("analyzer/cli/ending.py", "analyzer/summary/workers.py", "analyzer/lsp/desk.py")
    ]
    return wrong


# The map. -----------------------------------------------------------------------------------------


def test_the_map_names_every_layer_and_nothing_that_is_not_there() -> None:
    text = (PACKAGE / "README.md").read_text()
    for layer in {layer_of(file) for file in FILES} - {"__init__", "outcome", "pipeline", "rounds"}:
        assert f"| `{layer}/` |" in text
    for name in re.findall(r"`(tests/[\w./]+|rules/[\w./]+\.(?:toml|md))`", text):
        assert (ROOT / name).exists(), name


def test_every_limit_of_the_code_is_on_the_map() -> None:
    map_ = " ".join((PACKAGE / "README.md").read_text().split())
    missing = [
        f"{file}: {limit}"
        for file in FILES
        for limit in re.findall(r"Limit: (.+?\.)(?= |$)", _prose(file))
        if f"| `{file.removeprefix('analyzer/')}` | {limit} |" not in map_
    ]
    assert missing == []


def _prose(file: str) -> str:
    """The text of a module, white space, quotes and comment signs folded."""
    return " ".join(re.sub(r'"""|^\s*#', " ", (ROOT / file).read_text(), flags=re.M).split())
