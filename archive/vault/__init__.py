"""The gate as a process of its own, behind a Unix socket; it alone holds keys."""
