"""A camera that belongs to the kit, behind a source of pictures."""
