"""TensorBoard event files read without TensorBoard: every point kept, blobs indexed, nothing executed.

`run.ScalarRun` reads a directory in slices. The modules that compute import numpy, so whoever must be
quick at start imports them inside functions; `model` alone needs the standard library only.
"""
