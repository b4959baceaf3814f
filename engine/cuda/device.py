"""The GPU: whether there is one that can be used, and what a block of it may take."""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

from engine.errors import EngineError
from engine.undisturbed import undisturbed

OLDEST = (7, 0)  # compute capability
SMALLEST = 48_000  # bytes of shared memory that a block gets without asking for more, a few bytes less than it does
SPARE = 1 << 10  # bytes of it that a compiler may want for itself


class Device(NamedTuple):
    """What there is to know of the GPU."""

    name: str
    capability: tuple[int, int]
    multiprocessors: int
    shared: int  # bytes that a block can have
    threads: int  # and threads


@functools.cache
@undisturbed()
def find() -> Device:
    """The GPU that this process uses. Raises EngineError where none can be used, and says why."""
    try:
        from engine.cuda.package import cuda, simulated
    except ImportError:
        raise refusal("the package numba-cuda-mlir is not installed", "pip install 'unitfit[cuda13]'") from None
    if simulated():
        return Device("simulator", (9, 0), 1, SMALLEST, 8)  # each thread is one of Python's, and slow
    if not cuda.is_available():
        raise refusal("no NVIDIA driver that works was found", "a driver for CUDA 12 or 13")
    try:
        device: Any = cuda.get_current_device()
    except Exception as error:  # each package has errors of its own
        raise refusal(f"the GPU cannot be used ({first_line(error)})", "one that no other program keeps") from None
    name = device.name.decode() if isinstance(device.name, bytes) else str(device.name)
    major, minor = device.compute_capability
    if (major, minor) < OLDEST:
        raise refusal(f"{name} has compute capability {major}.{minor}", "at least {}.{}".format(*OLDEST))
    shared, threads = device.MAX_SHARED_MEMORY_PER_BLOCK_OPTIN - SPARE, device.MAX_THREADS_PER_BLOCK
    return Device(name, (major, minor), device.MULTIPROCESSOR_COUNT, shared, threads)


def allow_shared(compiled: Any, size: int) -> None:
    """Let a compiled kernel have this many bytes of shared memory; above SMALLEST it must be asked for.

    numba-cuda-mlir does that by itself.
    """
    from engine.cuda.package import cuda

    if size <= SMALLEST or cuda.__name__.startswith("numba_cuda_mlir"):
        return
    from cuda.bindings import driver

    most = driver.CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES
    kernel = driver.CUkernel(int(compiled._codelibrary.get_cufunc().handle))
    (code,) = driver.cuKernelSetAttribute(most, size, kernel, cuda.get_current_device().id)
    if code != driver.CUresult.CUDA_SUCCESS:
        raise refusal(f"the GPU gives a block no {size >> 10} KiB of shared memory ({code.name})", "a smaller network")


def refusal(got: str, expected: str) -> EngineError:
    """One sentence."""
    return EngineError(f"device='cuda': {got}: expected {expected}, or device='cpu'")


def first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
