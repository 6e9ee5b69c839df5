"""The platform's public API on paper: one OpenAPI document over all services, and a page to read it."""
