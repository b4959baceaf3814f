"""A story with its newest moment, as one archive of arrays: it goes on at once, without training up to where it was."""

from __future__ import annotations

import os
import zipfile
from typing import Any

import numpy as np

from engine import files, story_file
from engine.errors import EngineError, clean
from engine.experiment import Experiment
from engine.history import Curves
from engine.run import BUCKET_CAPACITY, POINT_CAPACITY, STATE, new_state

PARAMETERS = ("theta", "gradient", "first_moment", "second_moment")
NAMES = {"story", *PARAMETERS, "state", "curve_state", "points", "buckets", "position"}
CURVE_BYTES = 4 * 8 * (POINT_CAPACITY + BUCKET_CAPACITY)  # at most
HEADERS = 4096  # bytes of all that is no number


def pack(story: Experiment) -> bytes:
    """The whole story, whatever lies ahead of the cursor, with the cursor's moment and the curves.

    Raises EngineError where no file can hold it.
    """
    checkpoint, curves = story.trainer.snapshot(), story.curves
    arrays: dict[str, Any] = dict(zip(PARAMETERS, checkpoint.parameters, strict=True))
    arrays["story"] = np.frombuffer(story.draft().encode(), np.uint8)
    arrays["state"], arrays["curve_state"] = _bytes(checkpoint.state), _bytes(curves.state)
    arrays["points"], arrays["buckets"] = curves.points, curves.buckets
    arrays["position"] = np.array(story.position, np.int64)
    return files.archive(arrays)


def load(path: str | os.PathLike[str], arrays: story_file.Arrays, threads: int | None = None) -> Experiment:
    """The story of an archive, at the moment at which it was packed; `arrays` as for `Experiment.load`.

    Raises EngineError for anything that does not fit.
    """
    own, story = _read(path)
    experiment = Experiment.of(story, arrays, threads)
    state, curve_state = _state(own["state"]), _state(own["curve_state"])
    points, buckets = _curve(own["points"], POINT_CAPACITY), _curve(own["buckets"], BUCKET_CAPACITY)
    curve_state.points, curve_state.buckets = points.shape[1], buckets.shape[1]
    if own["position"].dtype != np.int64 or own["position"].shape != (2,):
        raise EngineError("position: expected two numbers")
    update, applied = own["position"].tolist()
    theta, gradient, first, second = (own[name] for name in PARAMETERS)
    experiment.adopt((update, applied), ((theta, gradient, first, second), state), Curves(points, buckets, curve_state))
    return experiment


def _read(path: str | os.PathLike[str]) -> tuple[dict[str, np.ndarray[Any, Any]], story_file.Story]:
    """The arrays and the story; no more memory is taken than the story says."""
    try:
        with zipfile.ZipFile(path) as archive:
            sizes = {member.filename.removesuffix(".npy"): member.file_size for member in archive.infolist()}
        if set(sizes) != NAMES or sizes["story"] > story_file.LARGEST:
            raise EngineError("expected the arrays of a story")
        with np.load(path, allow_pickle=False) as arrays:
            story = story_file.from_text(arrays["story"].tobytes().decode())
            most = 4 * 8 * story.parameters + CURVE_BYTES + HEADERS
            if sum(sizes.values()) - sizes["story"] > most:
                raise EngineError(f"larger than {most} bytes: expected a moment of its story")
            return {name: arrays[name] for name in NAMES}, story
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, NotImplementedError) as error:
        if isinstance(error, EngineError):
            raise
        raise EngineError(f"no kept run, or a damaged one ({clean(str(error)[:80])})") from None


def _bytes(state: Any) -> np.ndarray[Any, Any]:
    return np.frombuffer(np.asarray(state).tobytes(), np.uint8)


def _state(values: np.ndarray[Any, Any]) -> Any:
    """A record of STATE from its bytes."""
    if values.dtype != np.uint8 or values.shape != (STATE.itemsize,):
        raise EngineError("expected the counters of a run")
    read, state = np.frombuffer(values.tobytes(), STATE)[0], new_state()
    for name in STATE.names or ():
        state[name] = read[name]
    return state


def _curve(values: np.ndarray[Any, Any], capacity: int) -> np.ndarray[Any, Any]:
    if values.dtype != np.float64 or values.ndim != 2 or values.shape[0] != 4 or values.shape[1] >= capacity:
        raise EngineError("expected a loss curve")
    return values
