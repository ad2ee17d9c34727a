"""Headers that every answer carries, and the language of the page.

The policy lets a page talk to this server only: it cannot stop a script that somebody smuggles in (Streamlit and its
components need inline scripts), but it stops it from sending anything away, and it enforces that the dashboard works
without internet.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ENGLISH_PAGE, _DUTCH_PAGE = b'<html lang="en"', b'<html lang="nl"'


def content_security_policy(*, image_hosts: Sequence[str] = ()) -> str:
    """Return the policy; ``image_hosts`` are the other servers that images may come from."""
    rules = {
        "default-src": "'self'",
        "script-src": "'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": " ".join(["'self' data: blob:", *image_hosts]),
        "font-src": "'self' data:",
        "connect-src": "'self' ws: wss:",
        "worker-src": "'self' blob:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'self'",
    }
    return "; ".join(f"{name} {sources}" for name, sources in rules.items())


class PageHeaders:
    """Middleware that adds the headers and says that the page is in Dutch; sockets and streams pass untouched."""

    def __init__(self, app: ASGIApp, *, image_hosts: Sequence[str] = ()) -> None:
        self._app = app
        self._headers = {
            "Content-Security-Policy": content_security_policy(image_hosts=image_hosts),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if "text/html" in Headers(scope=scope).get("accept", ""):
            # A page must come uncompressed, since its first tag is rewritten.
            plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
            scope = {**scope, "headers": plain}
        await self._app(scope, receive, _Answer(send, self._headers))


class _Answer:
    """Passes an answer on with the headers added; a page is held back until it is whole."""

    def __init__(self, send: Send, headers: dict[str, str]) -> None:
        self._send = send
        self._headers = headers
        self._page: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.update(self._headers)
            if headers.get("content-type", "").startswith("text/html") and "content-encoding" not in headers:
                self._page = message
                return
        elif self._page is not None and message["type"] == "http.response.body":
            self._body += message.get("body", b"")
            if message.get("more_body"):
                return
            await self._send_page(self._page)
            return
        await self._send(message)

    async def _send_page(self, page: Message) -> None:
        headers = MutableHeaders(scope=page)
        body = self._body.replace(_ENGLISH_PAGE, _DUTCH_PAGE, 1)
        if self._body:
            headers["content-length"] = str(len(body))
        await self._send(page)
        await self._send({"type": "http.response.body", "body": body})
