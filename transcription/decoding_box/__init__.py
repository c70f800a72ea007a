"""Decoding in a process that can do nothing else: no file, no network, no key.

The parent (`parent.py`) serves reads of the recording and takes what was decoded; the
child (`child.py`) shuts itself in (`limits.py`, `seccomp.py`) before it sees a byte.
"""
