"""Receipts: what an act was, and the proof that the archive recorded it."""
