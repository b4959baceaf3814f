"""unitfit's screen: what a person sees of a run, what drives the run, and the command line."""

import os

# One thread for NumPy's matrix products: with more they fight with training and the screen for the cores, and a
# snapshot of a large network takes ten times as long. NumPy reads this when it is first imported.
for _name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ.setdefault(_name, "1")
