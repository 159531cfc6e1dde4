"""Pictures of invented documents, drawn by seed, with labels. Needs the extra `pictures` and Debian fonts."""
