"""The systems around a kit that are not hardware: here the core bank."""
