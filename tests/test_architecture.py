"""The shape of the code: imports go down the rooms only, no cycles, and the rules that every module keeps.

Everything is read from text, the order of the rooms from `docs/architecture.md`, what kinds of data there are from what
they declare; nothing heavy is imported. Each finding names file, line and the mend.
"""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from pathlib import Path

import pytest

from condenset.core.declarations import defined
from condenset.core.registries import MODALITIES, TARGETS

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src"
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf8")
TABLE = PAGE.split("## The rooms")[1].split("\n## ")[0]
CELLS = [line.split("|")[1] for line in TABLE.splitlines() if line.startswith("| `")]  # the first of each row
ROOMS = [
    tuple(
        "" if room == "__init__.py" else room.rstrip("/").removesuffix(".py") for room in re.findall(r"`(.+?)`", cell)
    )
    for cell in CELLS
]
RANK = {room: rank for rank, rooms in enumerate(ROOMS) for room in rooms}
OWN = [replace(registry, plugins=False) for registry in (MODALITIES, TARGETS)]
DATASETS = {data for kind in OWN[0].names() for data in OWN[0].declared(kind)["datasets"]}
KINDS = DATASETS.union(*(registry.names() for registry in OWN))
SETS = {"isdisjoint", "issubset", "issuperset", "intersection", "difference"}  # what sets are asked by
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
MACHINE_PATH = re.compile(r"(?<![\w.~$}{-])/(?:work|root|tmp|home|Users)/")
ACCELERATOR = re.compile(r"(?:cuda|mps|xpu|hip)(?::\d+)?")
GLOBAL_SEED = re.compile(
    r"(?:torch|torch\.random)\.(?:manual_seed|seed)|torch\.\w+\.manual_seed(?:_all)?|(?:np|numpy)\.random\.seed|random\.seed"
)
GLOBAL_DRAW = re.compile(r"torch\.(?:rand|randn|randint|randperm|normal|bernoulli|multinomial)")


@dataclass(frozen=True)
class Module:
    """One source file. `name` is dotted with the package ("condenset.core.rng"); `path` is relative to the root."""

    name: str
    path: str
    tree: ast.Module

    @property
    def room(self) -> str:
        """The first part of the name below the package; empty for the front door."""
        return room_of(self.name)


@dataclass(frozen=True)
class Import:
    """One import of a module of this package; `late` when it does not run while the importing module loads."""

    target: str
    line: int
    late: bool


def room_of(name: str) -> str:
    return [*name.split("."), ""][1]


def parse(name: str, text: str, path: str | None = None) -> Module:
    return Module(name, path or name.replace(".", "/") + ".py", ast.parse(text))


def read_modules() -> dict[str, Module]:
    found = {}
    for path in sorted((SOURCE / "condenset").rglob("*.py")):
        name = ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")
        found[name] = parse(name, path.read_text(encoding="utf8"), str(path.relative_to(ROOT)))
    return found


def derived(modules: dict[str, Module], base: str) -> dict[str, str]:
    """Classes that derive from one of that name, and those that do from these, with the modules they stand in."""
    classes = [(c, m.name) for m in modules.values() for c in m.tree.body if isinstance(c, ast.ClassDef)]
    found = {c.name: name for c, name in classes if c.name == base}
    while more := {c.name: name for c, name in classes if c.name not in found and _bases(c) & found.keys()}:
        found |= more
    return found


def _bases(node: ast.ClassDef) -> set[str]:
    return {ast.unparse(base).split("[")[0].rpartition(".")[2] for base in node.bases}


def registered_targets(modules: dict[str, Module]) -> set[str]:
    """The classes that the files of targets register."""
    assigned = (n for m in modules.values() for n in m.tree.body if isinstance(n, ast.Assign) and m.room == "tasks")
    return {ast.unparse(n.value) for n in assigned if ast.unparse(n.targets[0]) == OWN[1].attribute}


def views(modules: dict[str, Module]) -> set[str]:
    """How training data are held: what the files of `tasks/` define whose names end so."""
    files = (m for m in modules.values() if m.name.startswith("condenset.tasks.") and m.name.count(".") == 2)
    return {name for m in files for name in defined(m.tree) if name.endswith("View")}


MODULES = read_modules()
STRUCTURES = derived(MODULES, "Container")
CONTAINERS = STRUCTURES.keys() | registered_targets(MODULES) | views(MODULES)


def imports(module: Module, known: set[str]) -> Iterator[Import]:
    """Every import of this package by the module; `known` tells a submodule from a name inside a module."""
    outer = [n for n in ast.walk(module.tree) if isinstance(n, FUNCTIONS) or _for_types_only(n)]
    late = {id(inner) for node in outer for inner in ast.walk(node)}
    for node in ast.walk(module.tree):
        for target in _targets(node, module, known):
            if target.split(".")[0] == "condenset":
                yield Import(target, node.lineno, id(node) in late)


def _for_types_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


def _targets(node: ast.AST, module: Module, known: set[str]) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    base = node.module or ""
    if node.level:
        package = module.name if module.path.endswith("__init__.py") else module.name.rpartition(".")[0]
        parts = package.split(".")
        base = ".".join([*parts[: len(parts) - node.level + 1], *filter(None, [node.module])])
    whole = [f"{base}.{alias.name}" for alias in node.names]
    return [name if name in known else base for name in whole]


def upward(module: Module, known: set[str]) -> list[str]:
    """Imports of a room that stands above the module's own."""
    if module.room not in RANK:
        return [f"{module.path}:1: room {module.room!r} has no place: add it to the table of docs/architecture.md"]
    found = []
    for arrow in imports(module, known):
        above = room_of(arrow.target)
        if RANK.get(above, len(ROOMS)) > RANK[module.room]:
            mend = f"move what is shared to {module.room!r} or below, or take it as an argument"
            found.append(f"{module.path}:{arrow.line}: {module.room!r} imports {arrow.target} from above: {mend}")
    return found


def cycle(modules: dict[str, Module]) -> str | None:
    """A chain of modules that import each other while loading, as one message; None where there is none."""
    arrows = {m.name: {i.target: i.line for i in imports(m, set(modules)) if not i.late} for m in modules.values()}
    try:
        TopologicalSorter({name: set(targets) - {name} for name, targets in arrows.items()}).prepare()
    except CycleError as error:
        chain = error.args[1][::-1]  # graphlib lists predecessors first
        steps = [f"{modules[a].path}:{arrows[a][b]}: imports {b}" for a, b in pairwise(chain)]
        return "\n".join(["import cycle: move what both need into a third module below them", *steps])
    return None


def prints(module: Module) -> list[str]:
    """Output from the library; only `run` talks to people."""
    if module.room in ("run", "__main__"):
        return []
    calls = [n for n in ast.walk(module.tree) if isinstance(n, ast.Call)]
    loud = [n for n in calls if ast.unparse(n.func) in ("print", "sys.stdout.write", "sys.stderr.write")]
    return [f"{module.path}:{n.lineno}: prints: yield or return the value and let run/ draw it" for n in loud]


def global_randomness(module: Module) -> list[str]:
    """Seeding of, or drawing from, the process-wide generators."""
    found = []
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func)
        if GLOBAL_SEED.fullmatch(name):
            found.append(f"{module.path}:{node.lineno}: {name} seeds globally: take an Rng and use its streams")
        if GLOBAL_DRAW.fullmatch(name) and "generator" not in {k.arg for k in node.keywords}:
            found.append(f"{module.path}:{node.lineno}: {name} draws globally: pass generator=rng.child(...).torch()")
    return found


def devices(module: Module) -> list[str]:
    """Accelerators named in the code; only `run` chooses one."""
    if module.room in ("run", "__main__"):
        return []
    found = []
    for node in ast.walk(module.tree):
        literal = isinstance(node, ast.Constant) and isinstance(node.value, str) and ACCELERATOR.fullmatch(node.value)
        moved = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "cuda"
        if literal or moved:
            found.append(f"{module.path}:{node.lineno}: names a device: take `device` as an argument")
    return found


def questions(module: Module) -> list[str]:
    """Questions of what kind of data or target there is, outside the rooms that know."""
    if module.room in ("tasks", "codecs", "labels") or module.name in STRUCTURES.values():
        return []
    mend = "let the task, the target or the structure answer"
    asked = [n for n in ast.walk(module.tree) if _asks_kind(n) or _asks_container(n)]
    return [f"{module.path}:{n.lineno}: asks what the data are ({ast.unparse(n)[:60]}): {mend}" for n in asked]


def _asks_kind(node: ast.AST) -> bool:
    """A comparison with a kind, a modality's or a dataset's name, or of the number of channels."""
    if isinstance(node, ast.MatchValue):
        return bool(_constants(node.value) & KINDS)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in SETS:
        return bool(_constants(node) & KINDS)
    if not isinstance(node, ast.Compare):
        return False
    left, texts = ast.unparse(node.left), [ast.unparse(n) for n in (node.left, *node.comparators)]
    named = _constants(node)
    equal = isinstance(node.ops[0], ast.Eq | ast.NotEq)
    kinds = (".kind", "modality", "modality.name", "task.name")
    of_kind = equal and left.endswith(kinds) and not left.startswith("how.")
    of_shape = any(re.search(r"(input_spec\.shape|inputs\.shape|input_shape)\[0\]$|\.ndim$", text) for text in texts)
    return of_kind or (of_shape and bool(named & {1, 3, 4})) or bool(named & KINDS)


def _constants(node: ast.AST) -> set[object]:
    return {inner.value for inner in ast.walk(node) if isinstance(inner, ast.Constant)}


def _asks_container(node: ast.AST) -> bool:
    """Of what class inputs or targets are, or whether of that of a container, a target, a view or a learner's data."""
    if isinstance(node, ast.MatchClass):
        return _named(node.cls)
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        return any(ast.unparse(side).startswith("type(") for side in sides) and any(map(_named, sides))
    if not isinstance(node, ast.Call) or ast.unparse(node.func) not in ("isinstance", "issubclass"):
        return False
    what, kinds = node.args
    return ast.unparse(what).rpartition(".")[2] in ("inputs", "targets") or _named(kinds)


def _named(node: ast.AST) -> bool:
    return bool(set(re.findall(r"\w+", ast.unparse(node))) & CONTAINERS)


def undocumented(module: Module) -> list[str]:
    """A module without a docstring."""
    has_one = bool((ast.get_docstring(module.tree) or "").strip())
    return [] if has_one else [f"{module.path}:1: no module docstring: say on the first line what the file is for"]


def handed_on(module: Module) -> list[str]:
    """Names that are imported for others to import, so that one thing has two homes."""
    imported = [n for n in ast.walk(module.tree) if isinstance(n, ast.ImportFrom)]
    again = [(n.lineno, a.name) for n in imported for a in n.names if a.name == a.asname]
    return [f"{module.path}:{line}: hands {name} on: import it from where it is defined" for line, name in again]


def machine_paths(path: str, text: str) -> list[str]:
    """Lines of a text that name a folder of one machine."""
    mend = "use a relative path, an environment variable or a temporary folder"
    numbers = [n for n, line in enumerate(text.splitlines(), start=1) if MACHINE_PATH.search(line)]
    return [f"{path}:{n}: names the path of a machine: {mend}" for n in numbers]


def tracked_texts() -> Iterator[tuple[str, str]]:
    """(relative path, text) of every tracked file that is text; skips outside a git checkout."""
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout: the tracked files are not known")
    for name in filter(None, listed.split("\0")):
        if name.startswith(".ci/") or not (ROOT / name).is_file():
            continue
        content = (ROOT / name).read_bytes()
        if b"\0" not in content:
            yield name, content.decode("utf8", errors="replace")


def report(found: list[str]) -> None:
    assert not found, "\n" + "\n".join(found)


def test_imports_go_down_the_rooms() -> None:
    report([line for module in MODULES.values() for line in upward(module, set(MODULES))])


def test_every_room_of_the_list_is_there() -> None:
    assert set(RANK) == {module.room for module in MODULES.values()}, "docs/architecture.md and src/condenset differ"


def test_every_file_that_the_page_names_is_there() -> None:
    named = set(re.findall(r"`([\w/]+/\w+\.py)`", PAGE))
    assert len(named) > 30
    assert {name for name in named if not (SOURCE / "condenset" / name).is_file()} == set()


def test_ten_questions_are_answered_by_a_few_files_each() -> None:
    answers = PAGE.split("## Ten questions")[1].split("\n## ")[0].split("\n**")[1:]
    linked = [
        re.findall(r"^\d\. \[`(.+?)`\]\(\.\./src/condenset/(.+?)\): \S", answer, re.MULTILINE) for answer in answers
    ]
    assert len(linked) == 10 and all(0 < len(files) <= 5 for files in linked)
    assert all(name == place for files in linked for name, place in files)


def test_the_questions_are_known_by_what_is_registered() -> None:
    assert {"digits", "iris", "labelled-series", "ranking"} <= KINDS
    assert {"Ragged", "AttendedTexts", "PartView", "Forecast"} <= CONTAINERS
    assert {"condenset.core.structure", "condenset.core.ragged"} <= set(STRUCTURES.values())


def test_no_import_cycles() -> None:
    found = cycle(MODULES)
    assert found is None, found


@pytest.mark.parametrize("rule", [prints, global_randomness, devices, questions, undocumented, handed_on])
def test_every_module_keeps(rule: Callable[[Module], list[str]]) -> None:
    report([line for module in MODULES.values() for line in rule(module)])


def test_no_tracked_text_names_a_machine_path() -> None:
    report([line for name, text in tracked_texts() for line in machine_paths(name, text)])


# The checks themselves: each must see what it is for, and let pass what it is not for.

KNOWN = {"condenset", "condenset.core.rng", "condenset.kernels.mmd", "condenset.run.cli", "condenset.codecs.raw"}


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("condenset.kernels.ntk", "\nfrom condenset.run.cli import main", 2),
        ("condenset.kernels.ntk", "def f():\n    import condenset.run.cli", 2),
        ("condenset.kernels.ntk", "from condenset.run import cli", 1),
        ("condenset.kernels.ntk", "from ..run import cli", 1),
        ("condenset.kernels.ntk", "from condenset import Recipe", 1),
        ("condenset.synthetic", "from condenset.objectives.risk import Risk", 1),
        ("condenset.objectives.risk", "from condenset.recipe import Recipe", 1),
        ("condenset.attic.old", "x = 1", 1),
    ],
)
def test_an_upward_import_is_found(name: str, text: str, line: int) -> None:
    (found,) = upward(parse(name, text), KNOWN)
    assert found.startswith(f"{name.replace('.', '/')}.py:{line}: ")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("condenset.starts.noise", "from condenset.codecs import raw\nfrom condenset.core.rng import Rng"),
        ("condenset.kernels.ntk", "from . import mmd\nfrom ..core.rng import Rng"),
        ("condenset.recipe", "from condenset.synthetic import SyntheticSet"),
        ("condenset", "from condenset.run.cli import main"),
    ],
)
def test_a_downward_import_passes(name: str, text: str) -> None:
    assert upward(parse(name, text), KNOWN) == []


def test_a_cycle_is_found_in_the_order_of_its_imports() -> None:
    texts = {"a": "import condenset.core.b", "b": "from condenset.core import c", "c": "\nfrom .a import x"}
    modules = {f"condenset.core.{k}": parse(f"condenset.core.{k}", text) for k, text in texts.items()}
    found = cycle(modules)
    assert found is not None
    assert "core/a.py:1: imports condenset.core.b" in found
    assert "core/c.py:2: imports condenset.core.a" in found


@pytest.mark.parametrize("late", ["def f():\n    from .a import x", "if TYPE_CHECKING:\n    from .a import x"])
def test_a_late_import_makes_no_cycle(late: str) -> None:
    modules = {n: parse(n, t) for n, t in {"condenset.core.a": "from . import b", "condenset.core.b": late}.items()}
    assert cycle(modules) is None


@pytest.mark.parametrize(
    ("rule", "text", "count"),
    [
        (prints, '"""print(x)"""\nprint(1)\nsys.stdout.write("x")', 2),
        (global_randomness, "torch.manual_seed(0)\nnp.random.seed(0)\ntorch.cuda.manual_seed_all(0)", 3),
        (global_randomness, "torch.Generator(device=d).manual_seed(3)\ntorch.randn(2, generator=g)", 0),
        (global_randomness, "torch.randn(2)\ntorch.randn_like(x)", 1),
        (devices, 'x.to("cuda:0")\nx.cuda()\nD = "mps"', 3),
        (devices, 'def f(device: str = "cpu"):\n    """Runs on cuda."""', 0),
        (questions, 'if task.target.kind == "regression":\n    y = isinstance(batch.inputs, Tensor)', 2),
        (questions, "x = task.input_spec.shape[0] == 1\ny = isinstance(view, StreamedView)", 2),
        (questions, 'x = task.modality.name == "image" or data == "mnist"', 2),
        (questions, 'x = "series" not in task.offers or task.offers.isdisjoint({"text"})', 2),
        (questions, 'match task.modality.name:\n    case "graphs":\n        pass', 1),
        (questions, "match batch.inputs:\n    case Nodes():\n        pass", 1),
        (questions, "x = isinstance(part, AttendedTexts) or type(view) is StreamedView", 2),
        (questions, 'x = how.kind == "sgd"\ny = isinstance(value, Tensor) and "grid" in task.offers', 0),
        (undocumented, "x = 1", 1),
        (handed_on, "from m import a as a, b as c\nfrom m import d", 1),
    ],
)
def test_a_rule_counts_what_breaks_it(rule: Callable[[Module], list[str]], text: str, count: int) -> None:
    assert len(rule(parse("condenset.core.made", text))) == count
    assert (
        rule in (global_randomness, questions, undocumented, handed_on) or rule(parse("condenset.run.made", text)) == []
    )


def test_a_machine_path_is_found_and_a_relative_one_passes() -> None:
    folder = "/".join(["", "tmp", "x"])
    assert machine_paths("a.md", f"fine\nsee {folder}") == machine_paths("a.md", f"\n'{folder}'")
    assert machine_paths("a.md", f"src{folder} https://example.org{folder} ${{HOME}}{folder}") == []
