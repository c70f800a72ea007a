"""A transcript in the forms that players, readers and archives take."""
