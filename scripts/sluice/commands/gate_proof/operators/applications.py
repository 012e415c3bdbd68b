"""LOG-002 and HEALTH-001: what is mounted on the application that is served, and what only stands in the file."""

from typing import Final

from sluice.commands.gate_proof.edits import after_app, at_app, both, new_file, swap
from sluice.commands.gate_proof.mutation import Edit, Operator, variants

_MOUNT = r"^( *)app\.add_middleware\((?:\w+\.)*(?:AccessLog|RequestLogMiddleware|RequestLog)\)\n"
_QUIET = """
from starlette.middleware.base import BaseHTTPMiddleware


class RequestLoggingMiddleware(BaseHTTPMiddleware):
    async def dispatch(self, request, call_next):
        return await call_next(request)
"""


def _instead(line: str) -> Edit:
    """The mount of the request log replaced; the application is where the finding belongs."""
    return at_app(swap(_MOUNT, line))


def _loud(body: str) -> Edit:
    """The mount replaced by a middleware of another shape, in a module of its own."""
    code = f"import logging\n\nfrom starlette.middleware.base import BaseHTTPMiddleware\n\n{body}\n"
    mounted = after_app("APP.add_middleware(Observing)", imports="from app.observing import Observing")
    return both(new_file("app/observing.py", code), swap(_MOUNT, ""), mounted)


_LOGS = "logging.getLogger('requests').info('%s %s', request.method, request.url.path)"
_PLANTS = {
    "not mounted": _instead(""),
    "commented out": _instead(r"\1# app.add_middleware(RequestLog)\n"),
    "in debug only": _instead(r"\1if settings.debug:\n\1    app.add_middleware(RequestLog)\n"),
    "mounted on another application": _instead(r"\1other = FastAPI()\n\1other.add_middleware(RequestLog)\n"),
    "other middleware": _instead(r"\1app.add_middleware(GZipMiddleware, minimum_size=500)\n"),
    "named so, silent": at_app(
        both(
            new_file("app/silent.py", _QUIET),
            swap(_MOUNT, ""),
            after_app(
                "APP.add_middleware(RequestLoggingMiddleware)",
                imports="from app.silent import RequestLoggingMiddleware",
            ),
        )
    ),
    "in a function nobody calls": _instead(r"\1def install():\n\1    app.add_middleware(RequestLog)\n"),
    "only a string": _instead(r'\1note = "app.add_middleware(RequestLog)"\n'),
}
_FLASK_PLANTS = {
    "Flask hook without logging": at_app(swap(r"^    app\.logger\.info\(.*\)\n", "    request.started = True\n")),
    "Flask hook of the last word": at_app(swap(r"^        log\.info\(.*\)\n", "")),
    "Flask installation left out": at_app(swap(r"^    requestlog\.install\(app\)\n", "")),
    "Flask hook not registered": at_app(swap(r"^( *)@app\.(?:after|before)_request\n(?=( *)def (?:finish|note))", "")),
}
_OTHER_PLANTS = {
    "function middleware without logging": at_app(swap(r"^    logger\.info\(\"%s %s -> .*\)\n", "")),
    "function middleware not registered": at_app(swap(r'^@app\.middleware\("http"\)\n', "")),
    "only failures are logged": at_app(
        swap(
            r"^    response = await call_next\(request\)\n    logger\.info\(.*\)\n",
            "    try:\n        response = await call_next(request)\n    except ValueError:\n"
            '        logger.exception("failed")\n        raise\n',
        )
    ),
    "taken out of the list": at_app(swap(r"^        Middleware\(Logged\),\n", "")),
    "class that passes on only": at_app(swap(r"^            logger\.info\(.*scope.*\)\n", "            pass\n")),
}
_TWINS_FASTAPI = {
    "another logger": _loud(
        f"class Observing(BaseHTTPMiddleware):\n    async def dispatch(self, request, call_next):\n"
        f"        {_LOGS}\n        return await call_next(request)"
    ),
    "logging after the answer": _loud(
        "class Observing(BaseHTTPMiddleware):\n"
        "    async def dispatch(self, request, call_next):\n        try:\n            return await call_next(request)\n"
        f"        finally:\n            {_LOGS}"
    ),
    "logging in a helper": _loud(
        "class Observing(BaseHTTPMiddleware):\n"
        "    async def dispatch(self, request, call_next):\n        note(request)\n"
        f"        return await call_next(request)\n\n\ndef note(request):\n    {_LOGS}"
    ),
    "logging in a parent": _loud(
        "class Base(BaseHTTPMiddleware):\n"
        f"    async def dispatch(self, request, call_next):\n        {_LOGS}\n        return await call_next(request)"
        "\n\n\nclass Observing(Base):\n    pass"
    ),
    "pure ASGI": _loud(
        "class Observing:\n    def __init__(self, app):\n        self.app = app\n\n"
        "    async def __call__(self, scope, receive, send):\n"
        "        logging.getLogger(__name__).info('%s', scope['path'])\n"
        "        await self.app(scope, receive, send)"
    ),
    "decorated function": both(
        swap(_MOUNT, ""),
        after_app(
            '@APP.middleware("http")\nasync def observe(request, call_next):\n'
            "    logging.info('%s', request.url.path)\n    return await call_next(request)",
            imports="import logging",
        ),
    ),
    "second middleware that is silent": after_app(
        "APP.add_middleware(GZipMiddleware)", imports="from starlette.middleware.gzip import GZipMiddleware"
    ),
    "mounted last, under a condition of production": swap(
        _MOUNT, r'\1if settings.environment == "production" or True:\n\1    pass\n\g<0>'
    ),
    "mounted by a helper": both(
        swap(_MOUNT, ""),
        after_app("install(APP)", imports="from app.installing import install"),
        new_file(
            "app/installing.py",
            "import logging\n\n\ndef install(target):\n    @target.middleware('http')\n"
            "    async def observe(request, call_next):\n        logging.info('%s', request.url)\n"
            "        return await call_next(request)",
        ),
    ),
}
_TWINS_FLASK = {
    "Flask signal": after_app(
        "request_finished.connect(lambda _, response, **more: logging.info('%s', response.status), APP, weak=False)",
        imports="import logging\nfrom flask import request_finished",
    ),
    "Flask hook by call": after_app("APP.after_request(noted)\n", imports="from extra_hooks import noted"),
    "Flask teardown beside": after_app("@APP.teardown_request\ndef done(error):\n    return None"),
}

_ROUTES = r"^(?:@\w+\.(?:get|route)\(\s*\"/health\"[^\n]*\n)"
_PLANTS_HEALTH = {
    "decorator removed": at_app(swap(_ROUTES, "")),
    "commented out": at_app(swap(r"^(@\w+\.(?:get|route)\(\s*\"/health\"[^\n]*)$", r"# \1")),
    "renamed": at_app(swap(r"^(@\w+\.(?:get|route)\(\s*)\"/health\"", r'\1"/status"')),
    "renamed close by": at_app(swap(r"^(@\w+\.(?:get|route)\(\s*)\"/health\"", r'\1"/healthy"')),
    "other method": at_app(swap(r"^@(\w+)\.get\(\s*\"/health\"", r'@\1.post("/health"')),
    "router not included": at_app(swap(r"^( *)app\.include_router\(health\.router\)\n", "")),
    "module left out": at_app(swap(r"^        health,\n(?=        \w+,\n    \):)", "")),
    "blueprint not registered": at_app(swap(r"^    app\.register_blueprint\(health\.bp\)\n", "")),
    "taken out of the list": at_app(swap(r'^        Route\("/health", health\),\n', "")),
    "behind a parameter": at_app(swap(r"^(@\w+\.(?:get|route)\(\s*)\"/health\"", r'\1"/{tenant}/health"')),
    "Flask with another method": at_app(swap(r'"/health", methods=\["GET"\]', '"/health", methods=["POST"]')),
    "on the part below that nobody mounts": at_app(
        swap(r"^@(?:app|bp|router)\.(get|route)\(\s*\"/health\"", r'@unused.\1("/health"')
    ),
}
_HEALTH_TWINS_FASTAPI = {
    "prefix of a router": both(
        swap(_ROUTES, ""),
        new_file(
            "app/wellness.py",
            "from fastapi import APIRouter\n\nwell = APIRouter(prefix='/health')\n\n\n"
            "@well.get('')\ndef fine() -> dict[str, str]:\n    return {'status': 'ok'}",
        ),
        after_app("APP.include_router(well)", imports="from app.wellness import well"),
    ),
    "prefix at the inclusion": both(
        swap(_ROUTES, ""),
        new_file(
            "app/wellness.py",
            "from fastapi import APIRouter\n\nwell = APIRouter()\n\n\n"
            "@well.get('/')\ndef fine() -> dict[str, str]:\n    return {'status': 'ok'}",
        ),
        after_app("APP.include_router(well, prefix='/health')", imports="from app.wellness import well"),
    ),
    "route object": both(
        swap(_ROUTES, ""),
        after_app(
            'APP.router.routes.append(Route("/health", lambda request: None))',
            imports="from starlette.routing import Route",
        ),
    ),
    "added by call": both(swap(_ROUTES, ""), after_app('APP.add_api_route("/health", lambda: {"status": "ok"})')),
    "under a version": after_app('@APP.get("/v1/health/live")\ndef live() -> None:\n    return None'),
    "below a router of its own": both(
        after_app("APP.include_router(probes)\n", imports="from app.probes import probes"),
        new_file(
            "app/probes.py",
            "from fastapi import APIRouter\n\nprobes = APIRouter()\n\n\n"
            '@probes.get("/health/ready")\nasync def ready() -> None:\n    return None',
        ),
    ),
    "several methods": swap(r"^@(\w+)\.get\(\s*\"/health\"", r'@\1.api_route("/health", methods=["GET", "HEAD"]'),
    "path as a keyword": swap(r"^@(\w+)\.get\(\s*\"/health\"", r'@\1.get(path="/health"'),
    "path as a constant": both(
        swap(r"^(@\w+\.get\(\s*)\"/health\"", r"\1HEALTH_PATH"),
        swap(
            r"^(router = APIRouter\(.*\)|app = FastAPI\(.*\))$",
            r'HEALTH_PATH = "/health"\n\1',
            *("app/api/health.py", "app/main.py", "app/routers/health.py"),
        ),
    ),
    "by its own module": after_app('APP.add_api_route("/healthz", lambda: None, include_in_schema=False)'),
}
_HEALTH_TWINS_FLASK = {
    "Flask view class": both(
        swap(_ROUTES, ""),
        after_app(
            "class Wellness(MethodView):\n    def get(self):\n        return {'status': 'ok'}\n\n\n"
            "APP.add_url_rule('/health', view_func=Wellness.as_view('wellness'))",
            imports="from flask.views import MethodView",
        ),
    ),
    "Flask prefix of a blueprint": both(
        swap(_ROUTES, ""),
        after_app(
            "well = Blueprint('well', __name__, url_prefix='/health')\n\n\n@well.get('/')\ndef fine():\n"
            "    return {'status': 'ok'}\n\n\nAPP.register_blueprint(well)",
            imports="from flask import Blueprint",
        ),
    ),
    "Flask with a slash": swap(r"^(@\w+\.route\(\s*)\"/health\"", r'\1"/health/"'),
    "Flask shortcut": swap(r"^@(\w+)\.route\(\"/health\"[^\n]*$", r'@\1.get("/health")'),
    "Flask rule by call": both(
        swap(_ROUTES, ""),
        after_app('APP.add_url_rule("/health", "wellness", lambda: {"status": "ok"}, methods=["GET"])'),
    ),
}
_GRAPH = "ROUTE-001 ROUTE-002"

OPERATORS: Final = (
    Operator(
        check="LOG-002",
        plants=(
            *variants(_PLANTS, needs="fastapi"),
            *variants(_FLASK_PLANTS, needs="flask"),
            *variants(_OTHER_PLANTS, needs="folder"),
        ),
        twins=(*variants(_TWINS_FASTAPI, needs="run"), *variants(_TWINS_FLASK, needs="flask")),
    ),
    Operator(
        check="HEALTH-001",
        plants=variants(_PLANTS_HEALTH, also=_GRAPH),
        twins=(
            *variants(_HEALTH_TWINS_FASTAPI, needs="fastapi"),
            *variants(_HEALTH_TWINS_FLASK, needs="flask"),
        ),
    ),
)
