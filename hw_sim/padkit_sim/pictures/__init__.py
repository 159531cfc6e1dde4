"""Pictures that a kit's cameras could have taken, drawn by seed. Needs the extra `pictures`."""
