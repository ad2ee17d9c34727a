"""Benchmarks of planlib beside other ways to do the same work: ``python -m benchmarks`` (never a timed test)."""
