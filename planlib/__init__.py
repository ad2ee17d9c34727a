"""planlib: the real free space of an area, in square metres, with who holds the rest."""

__version__ = "0.1.0"
