"""Sound to timed words: recordings in, transcripts out; no paths, no people.

Importing this package loads no decoder and no model: those load when used.
"""
