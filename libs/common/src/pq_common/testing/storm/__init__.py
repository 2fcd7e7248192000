"""The storm: processes write, relay and read while others of them are killed; then everything is counted.

``python -m pq_common.testing.storm --events 20000 --seed 1 --bus postgres``. The seed decides who is killed
after which event, so a storm can be run again.
"""
