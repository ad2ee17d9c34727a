"""Sources -> layers -> overlay: a data release in the build folder, named by a hash of its input."""

from planlib.build.builder import BuildResult, build, is_stale
from planlib.build.progress import read_failure, read_progress

__all__ = ["BuildResult", "build", "is_stale", "read_failure", "read_progress"]
