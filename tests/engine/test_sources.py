"""The sources that name a cached kernel: all that it depends on, and little else."""

from __future__ import annotations

import ast
from importlib.util import resolve_name
from pathlib import Path

import pytest

from engine.kernels import plain, simd, sources

MODULES = {
    ".".join(path.relative_to(sources.ENGINE.parent).with_suffix("").parts): path
    for path in sources.ENGINE.rglob("*.py")
}


@pytest.mark.parametrize("kernels", [plain, simd])
def test_a_kernel_depends_on_what_it_computes_and_not_on_who_calls_it(kernels):
    found = {str(path.relative_to(sources.ENGINE)) for path in sources.source_files(Path(kernels.__file__))}
    assert {"activations.py", "losses.py", "schedules.py"} <= found
    assert {f"kernels/{path.name}" for path in sources.KERNELS.iterdir() if path.suffix == ".py"} <= found
    assert not {"__init__.py", "trainer.py", "edits.py", "history.py"} & found


@pytest.mark.parametrize("name", sorted(MODULES))
def test_the_pattern_finds_every_import_that_python_finds(name):
    package = name.removesuffix(".__init__") if name.endswith(".__init__") else name.rpartition(".")[0]
    tree = ast.parse(MODULES[name].read_text(encoding="utf-8"))
    tree.body = [node for node in tree.body if not is_for_types_only(node)]
    expected = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            expected |= {file_of(alias.name) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            origin = resolve_name("." * node.level + (node.module or ""), package)
            expected |= {file_of(f"{origin}.{alias.name}") or file_of(origin) for alias in node.names}
    assert set(sources.imported(MODULES[name])) == expected - {None}


def is_for_types_only(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def file_of(name: str) -> Path | None:
    return MODULES.get(name) or MODULES.get(f"{name}.__init__")


@pytest.mark.parametrize(
    ("text", "imported"),
    [
        ("from engine import losses", {"losses.py"}),
        ("from engine import losses as all_losses, recipe", {"losses.py", "recipe.py"}),
        ("from engine import (  # (these)\n    losses,  # first\n\n    recipe,\n)", {"losses.py", "recipe.py"}),
        ("from engine import Network, losses", {"losses.py", "__init__.py"}),
        ("from engine import *", {"__init__.py"}),
        ("from engine.losses import LOSSES, Loss", {"losses.py"}),
        ("from engine.kernels import plain", {"kernels/plain.py"}),
        ("from . import plain", {"kernels/plain.py"}),
        ("from .plain import advance", {"kernels/plain.py"}),
        ("from .. import losses", {"losses.py"}),
        ("from ..losses import LOSSES", {"losses.py"}),
        ("import numpy, engine.losses as l", {"__init__.py", "losses.py"}),
        ("def late():\n    from engine.losses import LOSSES", {"losses.py"}),
        ("if TYPE_CHECKING:\n    from engine import network\n\nfrom engine import losses", {"losses.py"}),
        ("if TYPE_CHECKING:\n    import numpy\nelse:\n    from engine.losses import LOSSES", {"losses.py"}),
        ("import numpy as np\nfrom pathlib import Path\nfrom engineering import losses", set()),
        ('"""It says where\nfrom what it came."""', set()),
    ],
)  # fmt: skip
def test_every_way_to_import(monkeypatch, tmp_path, text, imported):
    (tmp_path / "engine" / "kernels").mkdir(parents=True)
    for name in ("__init__", "losses", "network", "recipe", "kernels/__init__", "kernels/plain", "kernels/own"):
        (tmp_path / "engine" / f"{name}.py").touch()
    monkeypatch.setattr(sources, "ENGINE", tmp_path / "engine")
    own = tmp_path / "engine" / "kernels" / "own.py"
    own.write_text(text)
    found = {str(path.relative_to(tmp_path / "engine")) for path in sources.imported(own)}
    assert found == imported


def test_a_kernel_outside_of_the_engine_depends_on_its_own_file_too(tmp_path):
    own = tmp_path / "peak.py"
    own.write_text("from engine.history import History\n")
    files = sources.source_files(own)
    assert {own, sources.ENGINE / "history.py", sources.KERNELS / "plain.py"} <= set(files)
    assert files == sorted(files)
