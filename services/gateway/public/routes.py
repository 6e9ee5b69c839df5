"""Pages that anybody may open."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response

from services.gateway.identity.desk import AtDesk
from services.gateway.public.errors import NoSuchSchool
from services.gateway.public.render_page import render_page, style_sheet
from services.gateway.public.rules.find_schools import by_county, find_schools
from services.gateway.public.school_page import all_schools, school_page
from services.kernel.problems import NeighbourSilent

A_MINUTE = "public, max-age=60"
A_DAY = "public, max-age=86400"

router = APIRouter(include_in_schema=False)


@router.get("/")
async def start(desk: AtDesk) -> Response:
    """Return the page that says where to look."""
    try:
        schools = await all_schools(desk.enrollment)
    except NeighbourSilent:
        schools = None
    return render_page("start.html", schools=schools)


@router.get("/schools")
async def schools(desk: AtDesk, q: Annotated[str, Query(max_length=60)] = "") -> Response:
    """Return all schools by county, or those that match what was typed."""
    try:
        every = await all_schools(desk.enrollment)
    except NeighbourSilent as refusal:
        return render_page("notice.html", status=503, title="暂时打不开", sentence=refusal.sentence())
    found = find_schools(every, q)
    return render_page(
        "schools.html", cache=A_MINUTE, counties=by_county(found), count=len(found), q=q.strip()
    )


@router.get("/schools/{code}")
async def school(code: Annotated[str, Path(max_length=40)], desk: AtDesk) -> Response:
    """Return a school's public page (R02)."""
    try:
        shown = await school_page(desk.enrollment, code)
    except NoSuchSchool as refusal:
        return render_page("notice.html", status=404, title="没有找到学校", sentence=refusal.sentence())
    except NeighbourSilent as refusal:
        return render_page("notice.html", status=503, title="暂时打不开", sentence=refusal.sentence())
    return render_page("school.html", cache=A_MINUTE, **shown)


@router.get("/assets/pages.css")
async def styles() -> Response:
    """Return the style sheet."""
    return Response(style_sheet(), media_type="text/css", headers={"Cache-Control": A_DAY})
