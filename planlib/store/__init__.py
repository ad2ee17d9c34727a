"""The register of initiatives and bronpunten."""

from planlib.store.seed import SEED_FILE, read_seed

__all__ = ["SEED_FILE", "read_seed"]
