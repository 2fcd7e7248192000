"""Total factor productivity: declared series in, reproducible results out, published by a person.

The engines live in ``pq_tfp.domain``, pure; a figure always names the engine that made it.
"""
