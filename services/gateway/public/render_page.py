"""Plain HTML pages: no build step, no foreign address, and a policy that lets nothing else in."""

import hashlib
import secrets
from functools import cache
from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.gateway.public.rules.in_words import (
    clock_time,
    grades,
    in_chinese,
    local_day,
    local_moment,
    stretch,
    weekdays,
)

HERE = Path(__file__).parent


def render_page(template: str, *, status: int = 200, cache: str = "no-store", **shown: Any) -> Response:
    """Return a page. ``nonce`` in the template allows its one inline script; ``cache`` is Cache-Control."""
    nonce = secrets.token_urlsafe(16)
    return HTMLResponse(
        _environment().get_template(template).render(nonce=nonce, **shown),
        status_code=status,
        headers={"Cache-Control": cache, **security_headers(nonce)},
    )


def security_headers(nonce: str) -> dict[str, str]:
    """Return what a browser is told about a page: only our own style, one script, and nobody frames it."""
    policy = {
        "default-src": "'none'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "script-src": f"'nonce-{nonce}'",
        "connect-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
    }


@cache
def style_sheet() -> bytes:
    """Return the one style sheet of all pages."""
    return (HERE / "assets" / "pages.css").read_bytes()


@cache
def _environment() -> Environment:
    pages = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters |= {
        "weekdays": weekdays,
        "clock_time": clock_time,
        "grades": grades,
        "local_day": local_day,
        "in_chinese": in_chinese,
        "local_moment": local_moment,
        "stretch": stretch,
    }
    # A changed sheet has another address, so that browsers may keep it for a day.
    pages.globals["style_version"] = hashlib.sha256(style_sheet()).hexdigest()[:8]
    return pages
