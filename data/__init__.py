"""unitfit's data: a name or a file becomes a data set, split, scaled, and with the way back to its own units.

    dataset = data.load("chicago", lags=56)
    dataset.x_train, dataset.y_train, dataset.errors(network.predict(dataset.x_train), "train")

Importing it loads NumPy only; a reader for one's own tables comes with the first of them.
"""

from data.dataset import Dataset
from data.description import Described, Description, describe
from data.errors import DataError
from data.loading import about, load, names

__all__ = ["DataError", "Dataset", "Described", "Description", "about", "describe", "load", "names"]
