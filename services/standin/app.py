"""The stand-in as one HTTP app: WeChat, Aliyun SMS, the control API and the page of parents' phones."""

from importlib.resources import files

from fastapi import FastAPI, Request
from starlette.responses import HTMLResponse, Response

from services.kernel.settings import Settings
from services.standin import control_routes, sms_routes, wechat_routes
from services.standin.faults import FaultMiddleware
from services.standin.wechat_answers import WireFault, refuse
from services.standin.world import new_world


def create_app(settings: Settings) -> FastAPI:
    """Build the stand-in around an empty world."""
    app = FastAPI(title="Kehou stand-in", openapi_url="/_standin/openapi.json", docs_url=None, redoc_url=None)
    app.state.world = new_world(settings)
    app.include_router(wechat_routes.router)
    app.include_router(sms_routes.router)
    app.include_router(control_routes.router)
    app.add_exception_handler(WireFault, _refused)
    app.add_middleware(FaultMiddleware)
    page = files("services.standin").joinpath("phones.html").read_text(encoding="utf-8")

    @app.get("/", response_class=HTMLResponse, include_in_schema=False)
    async def phones_page() -> HTMLResponse:
        """The page that looks like parents' phones."""
        return HTMLResponse(page)

    @app.get("/health", include_in_schema=False)
    async def health() -> dict[str, str]:
        """Alive."""
        return {"status": "ok"}

    return app


async def _refused(_: Request, fault: Exception) -> Response:
    if not isinstance(fault, WireFault):
        raise fault
    return refuse(fault)
