"""A sweep on many machines: its chunks are tasks of Dask, one thread each; the rows come back to where it was begun.

A chunk whose worker is lost is given to another one. What the rows hold depends on the CPU lanes of the worker, which
they name, and on nothing else of it.
"""

from __future__ import annotations

import logging
import re
import signal
import warnings
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from multiprocessing import resource_tracker
from typing import TYPE_CHECKING, Any

from engine import EngineError
from engine.errors import clean
from engine.outcome import version
from engine.trainer import default_threads
from tui.run.sweep.chunk import Chunk, train
from tui.run.sweep.rows import Row
from tui.run.sweep.sweep import Look, Sweep

if TYPE_CHECKING:
    from distributed import Client, Future

LOCAL = "local"
ADDRESS = re.compile(r"(tcp|tls)://[^\s/]+:\d{1,5}")
SILENT = logging.CRITICAL + 1
MEMBERS, SECONDS = 256, 2.0  # of a chunk: few seconds are lost with a worker
FIRST = 16  # members, until something was measured
AHEAD = 2  # chunks for each worker, so that none waits for the next
LOOK = 0.2  # seconds between two looks at ctrl+C
CONNECT = 10  # seconds within which a scheduler answers and has a worker
KEPT = "with --out what was finished is kept"


def run_on(address: str, sweep: Sweep, look: Look) -> None:
    """As `Sweep.run`, on the workers of a scheduler, or with "local" on as many of this machine's as it has cores.

    Raises EngineError where there is no such scheduler, where it has no worker or one of another version, and where
    it is lost.
    """
    with _client(address, sweep.plan.options.threads) as client, client.as_current(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Sending large graph")  # a chunk has its data with it
        try:
            _run_on(client, sweep, look)
        except (CancelledError, OSError):
            raise EngineError(f"the scheduler is gone; {KEPT}") from None


def _run_on(client: Client, sweep: Sweep, look: Look) -> None:
    from distributed import wait

    chunks: dict[Future, Chunk] = {}
    while True:
        ahead = AHEAD * max(1, len(client.nthreads()))
        while len(chunks) < ahead and (chunk := sweep.take(MEMBERS if sweep.order.done else FIRST, SECONDS)):
            chunks[client.submit(_rows_of, chunk, version(), pure=False)] = chunk
        if not chunks:
            return
        try:
            done = wait(list(chunks), timeout=LOOK, return_when="FIRST_COMPLETED").done
        except TimeoutError:
            done = set()
        finished = [row for future in done for row in _result(future, chunks.pop(future))]
        sweep.finish(finished)
        if look([row for _, row in finished]):
            client.cancel(list(chunks))
            for chunk in chunks.values():
                sweep.give_back(chunk)
            return


def _rows_of(chunk: Chunk, wanted: str) -> list[tuple[int, Row]]:
    """What a worker does."""
    if version() != wanted:
        raise EngineError(f"a worker has unitfit {version()}: expected {wanted}, as here")
    rows: list[tuple[int, Row]] = []
    train(chunk, rows.extend, threads=1)
    return rows


def _result(future: Future, chunk: Chunk) -> list[tuple[int, Row]]:
    from distributed import KilledWorker

    try:
        rows: list[tuple[int, Row]] = future.result()
        return rows
    except EngineError:
        raise
    except KilledWorker as error:
        lost = f"{len(chunk.runs)} runs were lost with {error.allowed_failures + 1} workers"
        raise EngineError(f"{lost}: expected workers that stay; {KEPT}") from None
    except Exception as error:  # whatever a worker without unitfit, or with another one, can raise
        raise EngineError(
            f"a worker cannot do a run ({clean(repr(error))}): expected unitfit {version()} on it"
        ) from None


@contextmanager
def _client(address: str, workers: int | None) -> Iterator[Client]:
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise EngineError("--dask needs the package distributed: pip install 'unitfit[dask]'") from None
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(SILENT)  # what goes wrong is said in a sentence
    own: dict[str, Any] = {"set_as_default": False, "timeout": CONNECT}
    if address == LOCAL:
        count = default_threads() if workers is None else workers
        with deaf():
            cluster = LocalCluster(
                n_workers=count, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=SILENT
            )
        with cluster, Client(cluster, **own) as client:
            yield client
        return
    if not ADDRESS.fullmatch(address):
        raise EngineError(f"--dask {clean(address)}: expected {LOCAL}, or a scheduler's tcp://HOST:PORT")
    try:
        client = Client(address, **own)
    except OSError as error:
        raise EngineError(
            f"--dask {clean(address)}: no scheduler there ({clean(str(error))}); is it running?"
        ) from None
    with client:
        _check(client, address)
        yield client


@contextmanager
def deaf() -> Iterator[None]:
    """What is begun meanwhile, and all that this begins, never hears of ctrl+C; who began it hears of it afterwards."""
    if not hasattr(signal, "pthread_sigmask"):  # on Windows
        yield
        return
    resource_tracker.ensure_running()  # its start would make the thread hear again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _check(client: Client, address: str) -> None:
    """EngineError where the workers are none, or of another version of what they share with this machine."""
    try:
        client.wait_for_workers(1, timeout=CONNECT)
        client.get_versions(check=True)
    except TimeoutError:
        raise EngineError(f"--dask {clean(address)}: the scheduler has no worker; expected one at least") from None
    except ValueError as error:
        raise EngineError(f"--dask {clean(address)}: {clean(str(error))}: expected the same versions") from None
