"""How fast the engine trains, beside the fastest libraries that train the same networks.

python -m benchmarks --quick       a look, in a minute or two
python -m benchmarks               the tables of the README
"""
