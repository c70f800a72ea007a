"""How names and numbers are known by what stands around them, in Spanish and English."""
