"""Faults and the reset."""

from aiohttp import web

from bot.sandbox.controlled import REFUSE, SANDBOX, json_body
from bot.sandbox.refusals import Json
from bot.sandbox.state import Sandbox


async def faults(request: web.Request) -> web.Response:
    """GET /sandbox/faults."""
    return web.json_response(faults_on(request.app[SANDBOX]))


async def fault_on(request: web.Request) -> web.Response:
    """POST /sandbox/faults."""
    sandbox = request.app[SANDBOX]
    fault = sandbox.faults.add(await json_body(request))
    if fault.kind == "refuse" and fault.seconds:
        request.app[REFUSE](fault.seconds)
    if fault.method is None or fault.method.lower() == "getupdates":
        for world in sandbox.worlds():
            world.updates.interrupt()
    return _faults_changed(request, {"id": fault.id})


async def faults_off(request: web.Request) -> web.Response:
    """DELETE /sandbox/faults."""
    request.app[SANDBOX].faults.remove()
    return _faults_changed(request, {})


async def fault_off(request: web.Request) -> web.Response:
    """DELETE /sandbox/faults/{id}."""
    request.app[SANDBOX].faults.remove(int(request.match_info["fault"]))
    return _faults_changed(request, {})


def _faults_changed(request: web.Request, answer: Json) -> web.Response:
    sandbox = request.app[SANDBOX]
    for world in sandbox.worlds():
        world.feed.publish("faults", None, faults=faults_on(sandbox))
    return web.json_response(answer)


def faults_on(sandbox: Sandbox) -> list[Json]:
    """The switches that are on, as the control calls show them."""
    rows = [{name: getattr(fault, name) for name in fault.__slots__} for fault in sandbox.faults.live()]
    return [{**row, "until": None if row["until"] == float("inf") else row["until"]} for row in rows]


async def reset(request: web.Request) -> web.Response:
    """POST /sandbox/reset."""
    request.app[SANDBOX].reset()
    return web.json_response({})
