"""Sources -> layers -> overlay: a data release in the build folder, named by a hash of its input."""

from planlib.build.builder import BuildResult, build, is_stale
from planlib.build.progress import read_failure, read_progress
from planlib.build.variant import build_variant

__all__ = ["BuildResult", "build", "build_variant", "is_stale", "read_failure", "read_progress"]
