"""What a narrator takes along: everything, open; or everything, as it lies sealed."""
