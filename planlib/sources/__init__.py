"""Fetching bytes from data services. The connectors come with their own issue."""
