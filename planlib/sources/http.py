"""Asking over HTTP, politely and guardedly: what may be asked again is, and no answer leads to another host.

Only addresses that the operator typed, or that the catalogue names, are asked; a link or a redirect in an answer may
lead to another page of the same host and nowhere else, so no server can send us to a file, to this machine, or into the
network it stands in.
"""

from __future__ import annotations

import email.utils
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TypeVar
from urllib.parse import urljoin, urlsplit

import httpx2

from planlib import __version__
from planlib.errors import BrokenOffError, SourceError
from planlib.sources.answer import Answer, refusal

T = TypeVar("T")

ATTEMPTS = 6
#: Seconds before the second attempt; each wait after it is twice as long, up to the longest.
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 30.0
#: A page larger than this is no page of features.
MOST_BYTES = 400_000_000
_AGAIN = frozenset({408, 425, 429})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5
_TIMEOUT = httpx2.Timeout(60.0, connect=10.0)
_BLOCK = 1 << 16
_DEFAULT_PORT = {"http": 80, "https": 443}


class _AgainError(BrokenOffError):
    """An attempt failed in a way that may pass; ``wait_s`` is what the server asked for, if it did."""

    wait_s: float | None = None


class Http:
    """Asks the hosts of the addresses it was given; use it as a context manager.

    Parameters
    ----------
    addresses
        The addresses whose hosts may be asked. Any other host is refused.
    sleep
        Waits that many seconds between two attempts.
    attempts
        How often something is asked that may pass.
    """

    def __init__(self, *addresses: str, sleep: Callable[[float], None] = time.sleep, attempts: int = ATTEMPTS) -> None:
        self._hosts = {_host(require_address(address)) for address in addresses}
        self._sleep, self._attempts = sleep, attempts
        agent = {"User-Agent": f"planlib/{__version__}"}
        self._client = httpx2.Client(timeout=_TIMEOUT, headers=agent, follow_redirects=False, trust_env=True)

    def __enter__(self) -> Http:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def get(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        body: object = None,
        accept: tuple[int, ...] = (200,),
    ) -> Answer:
        """Return the answer to a GET, or to a POST of ``body`` as JSON when there is one.

        Raises
        ------
        BrokenOffError
            The host cannot be reached, breaks off, or keeps saying that it is too busy.
        SourceError
            The server refuses, with its reason, or leads elsewhere.
        """
        request = self._client.build_request(
            "GET" if body is None else "POST", url, params=params, headers=headers, json=body
        )

        def once() -> Answer:
            with self._opened(request) as response:
                content = _read_all(response, url)
            answer = Answer(response.status_code, dict(response.headers), content, str(response.url))
            if answer.status not in accept:
                raise SourceError(
                    "{url} answered {status}: {reason}", url=url, status=answer.status, reason=refusal(answer)
                )
            _need_whole_json(answer)
            return answer

        return self._persist(once, url)

    def download(
        self, url: str, part: Path, *, headers: Mapping[str, str] | None = None, progress: Callable[[int, int], None]
    ) -> Mapping[str, str] | None:
        """Download a file to ``part``, going on where an earlier attempt broke off; None when it did not change (304).

        Returns the headers of the answer. ``headers`` may hold If-None-Match or If-Modified-Since. What identifies the
        version that ``part`` belongs to stands beside it, so a file that changed meanwhile is begun anew.
        """
        version = part.with_name(f"{part.name}.version")

        def once() -> Mapping[str, str] | None:
            have = part.stat().st_size if part.exists() and version.exists() else 0
            asked = dict(headers or {})
            # Compressed on the way, a range would count other bytes than those on disk.
            asked["Accept-Encoding"] = "identity"
            if have:
                asked |= {"Range": f"bytes={have}-", "If-Range": version.read_text(encoding="utf-8")}
            with self._opened(self._client.build_request("GET", url, headers=asked)) as response:
                if response.status_code == 304:
                    return None
                if response.status_code == 416:
                    part.unlink()
                    raise _cut_off(urlsplit(url).netloc)
                if response.status_code not in (200, 206):
                    answer = Answer(response.status_code, dict(response.headers), _read_all(response, url), url)
                    raise SourceError(
                        "{url} answered {status}: {reason}", url=url, status=answer.status, reason=refusal(answer)
                    )
                _append(response, part, version, have if response.status_code == 206 else 0, progress)
                return dict(response.headers)

        found = self._persist(once, url)
        version.unlink(missing_ok=True)
        return found

    def follow(self, link: str, *, base: str) -> str:
        """Return a link of an answer from ``base`` as an address that may be asked.

        Raises
        ------
        SourceError
            It leads to another host, or is no web address.
        """
        target = urljoin(base, link)
        if urlsplit(base).scheme == "https" and urlsplit(target).scheme == "http":
            # Behind a proxy a service does not know that it is asked over TLS.
            target = "https" + target.removeprefix("http")
        if urlsplit(target).scheme not in _DEFAULT_PORT or _host(target) not in self._hosts:
            raise SourceError(
                "{base} leads on to {link}, which is another host; that is not followed.", base=base, link=target
            )
        return target

    @contextmanager
    def _opened(self, request: httpx2.Request) -> Iterator[httpx2.Response]:
        """Open the answer to a request, after redirects within the host."""
        self.follow(str(request.url), base=str(request.url))
        response = self._client.send(request, stream=True)
        try:
            for _ in range(_MOST_REDIRECTS):
                if response.status_code not in _REDIRECTS:
                    break
                target = self.follow(response.headers.get("Location", ""), base=str(response.url))
                response.close()
                method = "GET" if response.status_code == 303 else request.method
                moved = self._client.build_request(method, target, headers=_kept_headers(request))
                if method == "POST":
                    moved = self._client.build_request(
                        method, target, headers=_kept_headers(request), content=request.content
                    )
                response = self._client.send(moved, stream=True)
            if response.status_code in _REDIRECTS:
                raise SourceError("{url} sends us in circles.", url=str(request.url))
            if response.status_code in _AGAIN or response.status_code >= 500:
                busy = _AgainError(
                    "{host} cannot be used now: it answers {status}. Try again later; what came in is kept.",
                    host=urlsplit(str(request.url)).netloc,
                    status=response.status_code,
                )
                busy.wait_s = _retry_after_s(response.headers)
                raise busy
            yield response
        finally:
            response.close()

    def _persist(self, once: Callable[[], T], url: str) -> T:
        """Return what ``once`` gives, asking again as often and as late as is decent."""
        attempt = 0
        while True:
            wait_s = FIRST_WAIT_S * 2**attempt
            try:
                return once()
            except httpx2.UnsupportedProtocol as problem:
                raise SourceError("{url!r} is not a web address; it starts with https://.", url=url) from problem
            except httpx2.TransportError as problem:
                failure = _broken_off(problem, urlsplit(url).netloc)
            except _AgainError as problem:
                failure = BrokenOffError(problem.message, **problem.facts)
                wait_s = wait_s if problem.wait_s is None else problem.wait_s
                if problem.wait_s is not None and wait_s > LONGEST_WAIT_S:
                    # Asking sooner than it wants is no way to treat a service that everybody shares.
                    raise BrokenOffError(
                        "{host} asks to be left alone for {seconds} seconds. "
                        "Try again after that; what came in is kept.",
                        host=urlsplit(url).netloc,
                        seconds=round(wait_s),
                    ) from problem
            attempt += 1
            if attempt == self._attempts:
                raise failure
            self._sleep(min(LONGEST_WAIT_S, wait_s))


def require_address(url: str) -> str:
    """Return a web address that somebody typed, refused when it is none or carries a password."""
    parts = urlsplit(url)
    if parts.scheme not in _DEFAULT_PORT or not parts.hostname:
        raise SourceError("{url!r} is not a web address; it starts with https://.", url=url)
    if parts.username or parts.password:
        raise SourceError("Leave the name and password out of the address of {host}.", host=parts.hostname)
    return url


def _host(url: str) -> tuple[str, int | None]:
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        raise SourceError("{url!r} is not a web address; it starts with https://.", url=url) from None
    # http and https of one host are one host; which scheme is followed is decided in follow().
    return (parts.hostname or "").lower(), None if port in (80, 443, None) else port


def _kept_headers(request: httpx2.Request) -> dict[str, str]:
    dropped = {"host", "content-length", "transfer-encoding", "connection"}
    return {name: value for name, value in request.headers.items() if name.lower() not in dropped}


def _read_all(response: httpx2.Response, url: str) -> bytes:
    blocks, size = [], 0
    for block in response.iter_bytes(_BLOCK):
        size += len(block)
        if size > MOST_BYTES:
            raise SourceError("The answer of {url} is larger than a page of features can be.", url=url)
        blocks.append(block)
    return b"".join(blocks)


def _append(
    response: httpx2.Response, part: Path, version: Path, start: int, progress: Callable[[int, int], None]
) -> None:
    """Write the body after the first ``start`` bytes of ``part``, and check that all that was promised came."""
    validator = response.headers.get("ETag", "")
    if not validator or validator.startswith("W/"):
        # A weak tag does not promise the same bytes; the date of change does as well as can be.
        validator = response.headers.get("Last-Modified", "")
    if start and _range_start(response) != start:
        part.unlink()
        raise _cut_off(response.url.netloc.decode())
    if validator:
        version.write_text(validator, encoding="utf-8")
    else:
        version.unlink(missing_ok=True)
    promised = int(response.headers.get("Content-Length") or -1)
    done = start
    with part.open("r+b" if start else "wb") as file:
        file.seek(start)
        file.truncate()
        for block in response.iter_raw(_BLOCK):
            file.write(block)
            done += len(block)
            progress(done, max(done, start + promised))
    if promised >= 0 and done - start != promised:
        raise _cut_off(response.url.netloc.decode())


def _range_start(response: httpx2.Response) -> int | None:
    head = response.headers.get("Content-Range", "").removeprefix("bytes ").partition("-")[0].strip()
    return int(head) if head.isdecimal() else None


def _need_whole_json(answer: Answer) -> None:
    """Ask again when a JSON answer stops in the middle: a wrong Content-Length cuts it off without an error."""
    if answer.body[:1] in (b"{", b"[") and answer.body.rstrip()[-1:] not in (b"}", b"]"):
        raise _cut_off(urlsplit(answer.url).netloc)


def _retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Return the seconds a server asks us to wait (a number or a date), None when it does not say."""
    text = headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return float(text)
    try:
        when = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (when.astimezone(UTC) - datetime.now(UTC)).total_seconds())


def _broken_off(problem: httpx2.TransportError, host: str) -> BrokenOffError:
    if isinstance(problem, httpx2.TimeoutException):
        return BrokenOffError(
            "{host} cannot be used now: it does not answer in time. Try again later; what came in is kept.", host=host
        )
    if isinstance(problem, httpx2.ConnectError):
        return BrokenOffError(
            "{host} cannot be used now: it cannot be reached. Check the address, or try again later.", host=host
        )
    return _cut_off(host)


def _cut_off(host: str) -> _AgainError:
    return _AgainError("{host} cannot be used now: it broke off. Try again later; what came in is kept.", host=host)
