"""How fast the engine trains, beside the fastest libraries that train the same networks.

python -m benchmarks --quick       a look, in a minute or two
python -m benchmarks               the tables, as benchmarks/README.md has them
python -m benchmarks.start         what a first update costs: time and memory, without compiled kernels and with them
python -m benchmarks.tables DIR    how the tables in a folder open: refused or trained, how fast, with how much memory
"""
