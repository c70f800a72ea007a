"""What was done, in plain words: for receipts, the takeout and the narrator's page."""
