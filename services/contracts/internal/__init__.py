"""Requests and answers between services, a page for each owner."""
