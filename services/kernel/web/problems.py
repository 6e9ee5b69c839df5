"""Every refusal leaves as problem+json, also 404, 405, 422 and the unexpected 500 (RFC 9457)."""

from http import HTTPStatus
from typing import Any

import asyncpg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException as StarletteHTTPException  # noqa: TID251 - caught, never raised

from services.kernel import problems
from services.kernel.log import get_logger
from services.kernel.web.answer import answer

STATUS: dict[type[problems.Refusal], HTTPStatus] = {
    problems.NotFound: HTTPStatus.NOT_FOUND,
    problems.Conflict: HTTPStatus.CONFLICT,
    problems.Forbidden: HTTPStatus.FORBIDDEN,
    problems.Unauthenticated: HTTPStatus.UNAUTHORIZED,
    problems.Expired: HTTPStatus.GONE,
    problems.Busy: HTTPStatus.TOO_MANY_REQUESTS,
    problems.Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    problems.TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    problems.Unsupported: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    problems.Unprocessable: HTTPStatus.UNPROCESSABLE_ENTITY,
}
"""The only place where kinds of refusals meet status numbers."""


class NoSuchRoute(problems.NotFound):
    """There is nothing at this address."""

    detail = "访问的地址不存在，请检查后再试。"


class MethodNotTaken(problems.Refusal):
    """This address does not take this method."""

    detail = "这个地址不支持这种操作方式。"


class RequestNotUnderstood(problems.Unprocessable):
    """The request does not have the form that this address takes."""

    detail = "提交的内容有误，请检查标出的各项后再提交。"


class UnexpectedFault(problems.Refusal):
    """Something went wrong on our side."""

    detail = "系统出现意外，您之前的数据没有丢失。请稍后再试；若仍不行，请把编号 {request_id} 告诉学校。"


def status_of(refusal: problems.Refusal) -> int:
    """Return the HTTP status of a refusal's kind."""
    if isinstance(refusal, problems.RemoteRefusal):
        return refusal.status
    for kind in type(refusal).__mro__:
        if kind in STATUS:
            return STATUS[kind].value
    return HTTPStatus.BAD_REQUEST.value


def refuse(refusal: problems.Refusal, status: int | None = None) -> Response:
    """Return a refusal as an answer.

    Returned (not raised) by a route, the transaction still commits: a refused release is a row too.
    """
    code = status or status_of(refusal)
    body = {**refusal.problem(), "status": code}
    wait = str(refusal.facts.get("retry_after_seconds", 1))
    headers = {"Retry-After": wait} if code in {429, 503} else None
    return answer(body, code, headers=headers, media_type="application/problem+json")


def _complaints(fault: RequestValidationError) -> list[dict[str, Any]]:
    return [
        {"where": ".".join(str(part) for part in error["loc"]), "what": error["msg"]}
        for error in fault.errors()
    ]


def _is_bad_value(fault: BaseException | None) -> bool:
    """Tell whether the database refused a value itself: a NUL in a text, a number beyond its column."""
    while fault is not None and not isinstance(fault, asyncpg.DataError):
        fault = fault.__cause__
    return fault is not None


def answer_problems(app: FastAPI) -> None:
    """Teach an app to answer every failure as a problem."""

    async def refused(_: Request, fault: Exception) -> Response:
        return refuse(fault if isinstance(fault, problems.Refusal) else problems.Refusal())

    async def not_understood(_: Request, fault: Exception) -> Response:
        errors = _complaints(fault) if isinstance(fault, RequestValidationError) else []
        return refuse(RequestNotUnderstood(errors=errors))

    async def plain(_: Request, fault: Exception) -> Response:
        code = fault.status_code if isinstance(fault, StarletteHTTPException) else 500
        if code == HTTPStatus.NOT_FOUND:
            return refuse(NoSuchRoute(), code)
        if code == HTTPStatus.METHOD_NOT_ALLOWED:
            problem = refuse(MethodNotTaken(), code)
            problem.headers.update(getattr(fault, "headers", None) or {})
            return problem
        if code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return refuse(problems.TooLarge(), code)
        return refuse(RequestNotUnderstood(errors=[{"where": "body", "what": str(fault)}]), code)

    async def not_held(_: Request, fault: Exception) -> Response:
        if not _is_bad_value(fault):
            raise fault
        # The driver's own words may hold the value, so they are neither answered nor logged.
        get_logger().warning("request.value_not_held", fault=type(fault).__name__)
        return refuse(RequestNotUnderstood(errors=[{"where": "request", "what": "A value cannot be stored"}]))

    app.add_exception_handler(problems.Refusal, refused)
    app.add_exception_handler(asyncpg.DataError, not_held)
    app.add_exception_handler(DBAPIError, not_held)
    app.add_exception_handler(RequestValidationError, not_understood)
    app.add_exception_handler(StarletteHTTPException, plain)


def unexpected(request_id: str) -> Response:
    """Return the answer to a fault that nobody foresaw, and log it."""
    get_logger().exception("request.failed", request_id=request_id)
    return refuse(UnexpectedFault(request_id=request_id), HTTPStatus.INTERNAL_SERVER_ERROR)
