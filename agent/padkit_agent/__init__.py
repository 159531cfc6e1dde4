"""The resident program on the kit. `app.py` wires it; the README draws its rooms."""
