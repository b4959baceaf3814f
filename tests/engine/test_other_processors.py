"""What the kernels become for processors that are not at hand: they are compiled, and not run."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import numba
import pytest

pytestmark = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="nothing is compiled")

# The kernel for four lanes, which numba makes here for an old x86, as LLVM's code without a processor's name.
PROGRAM = """
import numpy as np
from engine import Network, Trainer
from engine.kernels import simd
Trainer(Network(1, [["relu"]]), np.zeros((2, 1)), np.zeros(2), threads=1).prepare()
print(*simd.train.inspect_llvm().values())
"""
FOUR_LANES = {"NUMBA_CPU_NAME": "nehalem", "NUMBA_CPU_FEATURES": "+sse4.2"}
ARM = "aarch64-unknown-linux-gnu"


def assembly(code: str, triple: str, processor: str) -> str:
    from llvmlite import binding

    binding.initialize_all_targets()
    binding.initialize_all_asmprinters()
    machine = binding.Target.from_triple(triple).create_target_machine(cpu=processor, opt=3)
    code = re.sub(r'target (triple|datalayout) = ".*"|"target-(cpu|features)"="[^"]*"', "", code)
    module = binding.parse_assembly(f'target triple = "{triple}"\n{code}')
    module.data_layout = str(machine.target_data)
    return machine.emit_assembly(module)


def inner_loops(text: str) -> list[str]:
    """The blocks that branch back to their own beginning."""
    blocks = re.split(r"^(\.LBB\w+):", text, flags=re.MULTILINE)
    pairs = zip(blocks[1::2], blocks[2::2], strict=True)
    return [body for label, body in pairs if re.search(rf"\b(b\.\w+|cbn?z\s+\w+,)\s+{re.escape(label)}\b", body)]


def test_on_arm_a_tile_of_six_rows_and_four_vectors_stays_in_the_registers(tmp_path):
    environment = {**os.environ, **FOUR_LANES, "NUMBA_CACHE_DIR": str(tmp_path)}
    code = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True)
    text = assembly(code.stdout, ARM, "neoverse-n1")
    tiles = [body for body in inner_loops(text) if len(re.findall(r"\tfmla\t", body)) >= 24]
    assert tiles
    for body in tiles:
        assert "[sp" not in body
        assert len(re.findall(r"\tld\w+\t", body)) <= 10  # four vectors, six numbers
    assert not re.search(r"\tbl\tfma", text)  # a call in place of an instruction
