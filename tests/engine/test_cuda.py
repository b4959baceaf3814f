"""What can be said of device="cuda" without a GPU; the tests of its kernels run from here, in numba's simulator."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numba
import numpy as np
import pytest

from engine import EngineError, Network, Trainer
from engine.cuda import device, package
from engine.devices import told

FOLDER = Path(__file__).parent / "cuda"
SETS = np.zeros((3, 1)), np.zeros(3)


@pytest.mark.skipif(numba.config.DISABLE_JIT, reason="the oracle's loops would be interpreted, beside the kernel's")
@pytest.mark.parametrize("file", sorted(path.name for path in FOLDER.glob("test_*.py")))
def test_in_the_simulator(file):
    """In a process of its own, since numba reads this variable when it is imported."""
    environment = os.environ | {"NUMBA_ENABLE_CUDASIM": "1", "PYTEST_XDIST_AUTO_NUM_WORKERS": "2"}
    command = [sys.executable, "-m", "pytest", "--quiet", "-p", "no:cacheprovider", str(FOLDER / file)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]


@pytest.fixture
def card(monkeypatch):
    """A GPU that says of itself what a test wants."""
    own = SimpleNamespace(
        name=b"GeForce", compute_capability=(8, 6), MULTIPROCESSOR_COUNT=30, MAX_SHARED_MEMORY_PER_BLOCK_OPTIN=101_376,
        MAX_THREADS_PER_BLOCK=1024,
    )  # fmt: skip
    monkeypatch.setattr(package, "cuda", SimpleNamespace(is_available=lambda: True, get_current_device=lambda: own))
    device.find.cache_clear()
    yield own
    device.find.cache_clear()


def test_no_driver_is_one_sentence_and_auto_goes_on(monkeypatch):
    monkeypatch.setattr(package, "cuda", SimpleNamespace(is_available=lambda: False))
    sentence = (
        "^device='cuda': no NVIDIA driver that works was found: expected a driver for CUDA 12 or 13, or device='cpu'$"
    )
    with pytest.raises(EngineError, match=sentence):
        Trainer(Network(1, []), *SETS, device="cuda")
    assert Trainer(Network(1, []), *SETS, device="auto").device == "cpu"
    assert told() == "no NVIDIA driver that works was found; device auto is the CPU"


def test_an_old_gpu_is_one_sentence(card):
    card.compute_capability = (6, 1)
    sentence = r"^device='cuda': GeForce has compute capability 6\.1: expected at least 7\.0, or device='cpu'$"
    with pytest.raises(EngineError, match=sentence):
        Trainer(Network(1, []), *SETS, device="cuda")


def test_a_gpu_that_another_program_keeps_is_one_sentence(card, monkeypatch):
    def refuse():
        raise RuntimeError("CUDA_ERROR_DEVICE_UNAVAILABLE\nand more")

    monkeypatch.setattr(package.cuda, "get_current_device", refuse)
    with pytest.raises(
        EngineError, match=r"^device='cuda': the GPU cannot be used \(CUDA_ERROR_DEVICE_UNAVAILABLE\): expected"
    ):
        Trainer(Network(1, []), *SETS, device="cuda")


def test_what_is_told_of_a_gpu(card):
    assert told() == ("GeForce; device auto takes it for 30 models at once, 240 of fewer than 1,000 parameters")


def test_a_full_gpu_is_one_sentence():
    from engine.cuda.models import out_of_memory

    error = out_of_memory(RuntimeError("[CUresult.CUDA_ERROR_OUT_OF_MEMORY] Call to cuMemAlloc results in …"))
    assert str(error) == (
        "device='cuda': the GPU has not enough memory: expected fewer or smaller models, or device='cpu'"
    )


def test_the_processor_never_needs_it():
    code = (
        "import sys, numpy as np; from engine import Network, Trainer; "
        "Trainer(Network(1, [['tanh']]), np.zeros((3, 1)), np.zeros(3)).step(2); "
        "sys.exit(any(name.startswith(('engine.cuda', 'numba.cuda.cudadrv')) for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("capability", [(8, 0), (9, 0)])
def test_a_compiler_without_a_gpu_makes_ptx_whose_tiles_stay_in_registers(capability, monkeypatch):
    pytest.importorskip("numba_cuda", reason="the package numba-cuda is not installed")
    if not hasattr(np, "row_stack"):
        pytest.skip("numba-cuda 0.30 asks for NumPy before 2.5")
    pytest.importorskip("nvidia.cu13", reason="NVIDIA's compiler, numba-cuda[cu13], is not installed")
    from numba.cuda import compile as compile_for
    from numba.cuda import dispatcher, types
    from numba.cuda.np.numpy_support import from_dtype

    from engine.cuda.kernel import make_kernel
    from engine.cuda.models import PLACE, SETTINGS, STATES
    from engine.cuda.plan import LAYER, TILE, Shape

    def array(kind):
        return types.Array(from_dtype(np.dtype(kind)), 1, "C")

    here = SimpleNamespace(compute_capability=capability)
    monkeypatch.setattr(dispatcher, "get_current_device", lambda: here)
    tables = (np.int64, PLACE, SETTINGS, STATES, LAYER, TILE, np.int32, np.uint8)
    numbers = (np.float32, np.float32, np.int32, np.float64, *[np.float32] * 5, np.int64)
    signature = types.void(*map(array, (*tables, *numbers)), types.int64)
    kernel = make_kernel(Shape(8, 4, 4, 8, 3, 128), None)
    code, _ = compile_for(kernel, signature, device=False, abi="numba", cc=capability, output="ptx")
    text = code if isinstance(code, str) else code.decode()
    assert f".target sm_{capability[0]}{capability[1]}" in text
    assert text.count("fma.rn.f32") > 4 * 8 * 4 * 2  # the products of two tiles, four steps at a time
    assert "\tld.f32" not in text  # every load knows whether it is from shared memory
