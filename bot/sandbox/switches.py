"""Faults, settings and the reset."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.sandbox.controlled import json_body, sandbox_of
from bot.sandbox.errors import Json
from bot.sandbox.people import Impossible
from bot.sandbox.state import Sandbox


async def faults(request: Request) -> Response:
    """GET, POST, DELETE /sandbox/faults."""
    sandbox = sandbox_of(request)
    if request.method == "GET":
        return JSONResponse(faults_on(sandbox))
    if request.method == "DELETE":
        sandbox.faults.remove()
        return _faults_changed(request, {})
    wanted = await json_body(request)
    fault = sandbox.faults.add(wanted)
    if fault.kind == "refuse":
        request.scope["extensions"]["sandbox"]["refuse"](fault.seconds)
    if fault.method is None or fault.method.lower() == "getupdates":
        for world in sandbox.worlds():
            world.updates.interrupt()
    return _faults_changed(request, {"id": fault.id})


async def fault_off(request: Request) -> Response:
    """DELETE /sandbox/faults/{id}."""
    sandbox_of(request).faults.remove(request.path_params["fault"])
    return _faults_changed(request, {})


def _faults_changed(request: Request, answer: Json) -> Response:
    sandbox = sandbox_of(request)
    for world in sandbox.worlds():
        world.feed.publish("faults", None, faults=faults_on(sandbox))
    return JSONResponse(answer)


def faults_on(sandbox: Sandbox) -> list[Json]:
    """The switches that are on, as the control calls show them."""
    rows = [{name: getattr(fault, name) for name in fault.__slots__} for fault in sandbox.faults.live()]
    return [{**row, "until": None if row["until"] == float("inf") else row["until"]} for row in rows]


async def settings(request: Request) -> Response:
    """POST /sandbox/settings."""
    sandbox, body = sandbox_of(request), await json_body(request)
    if unknown := set(body) - {"real_limits", "callback_ttl_s", "journal_cap"}:
        raise Impossible(f"unknown setting {', '.join(sorted(unknown))}")
    sandbox.real_limits = bool(body.get("real_limits", sandbox.real_limits))
    sandbox.callback_ttl_s = float(body.get("callback_ttl_s", sandbox.callback_ttl_s))
    if "journal_cap" in body:
        sandbox.journal.resize(int(body["journal_cap"]))
    return JSONResponse(settings_of(sandbox))


def settings_of(sandbox: Sandbox) -> Json:
    """The settings as they stand."""
    return {"real_limits": sandbox.real_limits, "callback_ttl_s": sandbox.callback_ttl_s}


async def reset(request: Request) -> Response:
    """POST /sandbox/reset."""
    sandbox_of(request).reset()
    return JSONResponse({})
