"""Small faults, put into the code one at a time: does a test fail for each of them?

python -m mutation                      five minutes, over all rooms
python -m mutation --room data --sample 60 --seed 1
"""
