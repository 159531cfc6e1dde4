"""A toy whose pictures say what it is to answer."""
