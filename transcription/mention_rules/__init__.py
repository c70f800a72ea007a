"""How names and numbers are told by what stands around them."""
