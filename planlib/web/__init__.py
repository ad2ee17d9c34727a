"""The server's own routes and headers: tiles, browser libraries, security."""
