"""Bus libraries, one file a kind of wire. The only room that knows them."""
