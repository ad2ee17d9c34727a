"""Where everything is installed, a skipped test is a failed one."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

CONFTEST = Path(__file__).with_name("conftest.py")
SKIPS = """
    import pytest

    def test_inside():
        pytest.skip("no server here")

    @pytest.mark.skip(reason="not today")
    def test_marked():
        assert True

    def test_fine():
        assert True
"""
SKIPPED_MODULE = """
    import pytest

    pytest.skip("no module here", allow_module_level=True)
"""


def run(pytester: pytest.Pytester) -> pytest.RunResult:
    """Run the two modules with this project's conftest, in a process of its own."""
    pytester.makeconftest(CONFTEST.read_text(encoding="utf-8"))
    pytester.makepyfile(test_skips=SKIPS, test_module=SKIPPED_MODULE)
    return pytester.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:xdist", "--continue-on-collection-errors")


@pytest.fixture(autouse=True)
def from_the_top(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the conftest find the helpers beside it."""
    monkeypatch.setenv("PYTHONPATH", str(CONFTEST.parent.parent))


def test_skips_fail_with_their_reason_where_none_is_accepted(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANLIB_NO_SKIPS", "1")
    result = run(pytester)
    result.assert_outcomes(passed=1, failed=1, errors=2)
    for reason in ("no server here", "not today", "no module here"):
        result.stdout.fnmatch_lines([f"*was skipped. *{reason}*"])


def test_skips_are_accepted_elsewhere(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PLANLIB_NO_SKIPS", raising=False)
    run(pytester).assert_outcomes(passed=1, skipped=3)
