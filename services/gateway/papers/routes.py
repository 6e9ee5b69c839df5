"""Where the API is read: by programs and by people."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from services.gateway.identity.session_routes import LOGIN_FREE
from services.gateway.papers.gather_documents import DocumentShelf
from services.gateway.papers.rules.readable import readable
from services.gateway.public.render_page import render_page
from services.kernel.web.answer import answer

A_MINUTE = "public, max-age=60"

router = APIRouter(prefix="/api/v1", tags=["api"])


async def shelf_of(request: Request) -> DocumentShelf:
    """Return the process' shelf."""
    shelf: DocumentShelf = request.app.state.shelf
    return shelf


Shelf = Annotated[DocumentShelf, Depends(shelf_of)]


@router.get("/openapi.json", openapi_extra=LOGIN_FREE, response_model=dict[str, Any])
async def openapi(shelf: Shelf) -> Response:
    """Return the whole public API as one OpenAPI 3.1 document."""
    return answer(await shelf.document(), headers={"Cache-Control": A_MINUTE})


@router.get("/docs", include_in_schema=False)
async def docs(shelf: Shelf) -> Response:
    """Return the same document as a page."""
    document = await shelf.document()
    return render_page(
        "docs.html", cache=A_MINUTE, reading=readable(document), missing=document.get("x-missing", [])
    )
