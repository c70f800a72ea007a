"""Transcripts that others made, in the forms in which they come."""
