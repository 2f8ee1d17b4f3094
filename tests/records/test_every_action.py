"""Every action: keyword-only, atomic, with ``by=``, on record in the history, in words."""

import ast
import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import pytest

from capmap.records import actions
from capmap.wording import topic

FOLDER = Path(actions.__file__).parent

#: Modules that are no actions, each with the reason.
NO_ACTIONS = {
    "history": "writes the Change that every action asks for",
}

#: Public functions of these modules that are no actions of their own, each with the reason.
NOT_ACTIONS = {
    "import_columns.remember": "keeps the columns that imports.map_columns was told",
    "import_files.allowed_path": "asks only",
    "import_files.noted": "reads only",
    "import_files.tables_of": "reads only",
    "import_rows.read_heads": "reads only",
    "import_undo.later_than": "asks only",
    "import_undo.take_back": "the work of imports.undo, in parts so that others can write",
    "imports.follow_lost": "says of imports that they failed with their job",
    "imports.load_folder": "a whole import in one call; its steps are actions",
    "restore.is_restorable": "asks only",
    "restore.may_restore": "asks only",
    "review.settle": "what a reading does to the codings of its passage",
    "review_rounds.may_manage": "asks only",
    "sample.load_sample": "the first start: a portfolio and an import, each an action",
}


_ACTION = re.compile(
    "(" + "|".join(p.stem for p in FOLDER.glob("*.py")) + r")\.(?!parquet)[a-z_]+"
)


def modules():
    return [
        name
        for _, name, _ in pkgutil.iter_modules([str(FOLDER)])
        if name not in NO_ACTIONS
    ]


def functions(module):
    """The public functions that a module of actions defines itself."""
    loaded = importlib.import_module(f"capmap.records.actions.{module}")
    return {
        name: function
        for name, function in inspect.getmembers(loaded, inspect.isfunction)
        if function.__module__ == loaded.__name__ and not name.startswith("_")
    }


def is_job(function):
    """Work that the worker does: a job and its progress, asked for by an action."""
    return list(inspect.signature(function).parameters)[:2] == ["job", "progress"]


def used_elsewhere():
    """What code outside the package calls of it: {("people", "invite"), ...}."""
    used = set()
    for path in FOLDER.parents[1].rglob("*.py"):
        if FOLDER in path.parents:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        known = {}
        for node in ast.walk(tree):
            if not isinstance(node, ast.ImportFrom) or not node.module:
                continue
            if node.module == "capmap.records.actions":
                known |= {one.asname or one.name: one.name for one in node.names}
            elif node.module.startswith("capmap.records.actions."):
                module = node.module.rpartition(".")[2]
                used |= {(module, one.name) for one in node.names}
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                used.add((known.get(node.value.id, ""), node.attr))
    return used


def is_action(module, name, function, used):
    """What says by whom, or what pages and commands call; parts of actions are neither."""
    if is_job(function) or f"{module}.{name}" in NOT_ACTIONS:
        return False
    return "by" in inspect.signature(function).parameters or (module, name) in used


USED = used_elsewhere()
ACTIONS = [
    (module, name)
    for module in modules()
    for name, function in functions(module).items()
    if is_action(module, name, function, USED)
]


def trees():
    return {
        name: ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8"))
        for name in [*modules(), *NO_ACTIONS]
    }


def calls(tree):
    """For each function of a module, what it calls: "name", or "module.name"."""
    return {
        node.name: {
            ast.unparse(c.func) for c in ast.walk(node) if isinstance(c, ast.Call)
        }
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
    }


CALLS = {module: calls(tree) for module, tree in trees().items()}


def is_on_record(module, name, seen=()):
    """Whether a function writes a Change, itself or through what it calls."""
    if (module, name) in seen or name not in CALLS.get(module, {}):
        return False
    for called in CALLS[module][name]:
        # A job that an action asks for puts on record what it does.
        if called in ("history.record", "tasks.start"):
            return True
        owner, _, function = called.rpartition(".")
        if is_on_record(owner or module, function, (*seen, (module, name))):
            return True
    return False


@pytest.mark.parametrize(("module", "name"), ACTIONS)
def test_an_action_is_keyword_only_and_says_by_whom(module, name):
    parameters = inspect.signature(functions(module)[name]).parameters

    assert all(p.kind is p.KEYWORD_ONLY for p in parameters.values()), (
        f"{module}.{name} takes positional arguments; write (*, ..., by: User)"
    )
    assert "by" in parameters, f"{module}.{name} does not say by whom"


@pytest.mark.parametrize(("module", "name"), ACTIONS)
def test_an_action_is_atomic(module, name):
    # transaction.atomic wraps with ContextDecorator's inner function.
    wrapper = functions(module)[name]

    assert hasattr(wrapper, "__wrapped__"), f"{module}.{name} lacks @transaction.atomic"
    assert "contextlib" in wrapper.__code__.co_filename


@pytest.mark.parametrize(("module", "name"), ACTIONS)
def test_an_action_is_on_record(module, name):
    assert is_on_record(module, name), f"{module}.{name} writes no history.record(...)"


def named_actions():
    """The names under which changes go on record: "review.accept"."""
    texts = {
        node.value
        for tree in trees().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return sorted(text for text in texts if _ACTION.fullmatch(text))


@pytest.mark.parametrize("action", named_actions())
def test_what_is_on_record_has_words(action):
    words = topic("site_history")

    assert f"action_{action.replace('.', '_')}" in words, (
        f"site_history.yaml does not say what {action} did"
    )


def test_each_exemption_is_still_needed():
    known = {f"{module}.{name}" for module in modules() for name in functions(module)}

    assert NOT_ACTIONS.keys() <= known


def test_no_other_code_writes_a_change():
    writes = re.compile(r"\bChange\.objects\.(create|bulk_create)|\bChange\([a-z]")
    found = [
        path.name
        for path in FOLDER.parents[1].rglob("*.py")
        if writes.search(path.read_text(encoding="utf-8"))
        and "class Change(" not in path.read_text(encoding="utf-8")
    ]

    assert found == ["history.py"]
