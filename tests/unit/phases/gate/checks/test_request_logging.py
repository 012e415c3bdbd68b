import pytest

HEAD = (
    "import logging\nfrom fastapi import FastAPI\nfrom starlette.middleware.base import BaseHTTPMiddleware\n"
    "logger = logging.getLogger(__name__)\n"
)
LOGGING = (
    HEAD + "class RequestLog(BaseHTTPMiddleware):\n    async def dispatch(self, request, call_next):\n"
    "        response = await call_next(request)\n        logger.info('%s', request.url.path)\n"
    "        return response\n"
)
APP = "app = FastAPI()\n"

LOGGED = {
    "added": LOGGING + APP + "app.add_middleware(RequestLog)\n",
    "constructor": LOGGING
    + "from starlette.middleware import Middleware\napp = FastAPI(middleware=[Middleware(RequestLog)])\n",
    "decorator": HEAD + APP + '@app.middleware("http")\nasync def log(request, call_next):\n'
    "    logger.info(request.url.path)\n    return await call_next(request)\n",
    "wrapper": LOGGING.replace("dispatch(self, request, call_next)", "__call__(self, scope, receive, send)")
    + APP
    + "app = RequestLog(app)\n",
    "pure asgi": HEAD + "class Log:\n    def __init__(self, app):\n        self.app = app\n"
    "    async def __call__(self, scope, receive, send):\n        logger.info(scope['path'])\n"
    "        await self.app(scope, receive, send)\n" + APP + "app.add_middleware(Log)\n",
    "helper": LOGGING + APP + "def setup(a):\n    a.add_middleware(RequestLog)\nsetup(app)\n",
    "in a helper function": HEAD + "def record(r):\n    logger.info(r.url)\n"
    "class M(BaseHTTPMiddleware):\n    async def dispatch(self, request, call_next):\n        record(request)\n"
    "        return await call_next(request)\n" + APP + "app.add_middleware(M)\n",
    "logger of another name": LOGGING.replace("logger", "requests") + APP + "app.add_middleware(RequestLog)\n",
    "inherited": LOGGING + "class Mine(RequestLog):\n    pass\n" + APP + "app.add_middleware(Mine)\n",
    "structlog": "import structlog\nfrom fastapi import FastAPI\nlog = structlog.get_logger()\n"
    + APP
    + '@app.middleware("http")\nasync def f(request, call_next):\n    log.info("request")\n'
    "    return await call_next(request)\n",
    "third party": "from fastapi import FastAPI\nfrom asgi_logger import AccessLoggerMiddleware\n"
    + APP
    + "app.add_middleware(AccessLoggerMiddleware)\n",
    "mounted below": LOGGING + "sub = FastAPI()\nsub.add_middleware(RequestLog)\n" + APP + 'app.mount("/api", sub)\n',
    "flask hook": "from flask import Flask, request\napp = Flask(__name__)\n@app.after_request\ndef log(response):\n"
    "    app.logger.info(request.path)\n    return response\n",
    "flask blueprint for the app": "import logging\nfrom flask import Blueprint, Flask\napp = Flask(__name__)\n"
    "b = Blueprint('b', __name__)\n@b.before_app_request\ndef log():\n    logging.info('x')\n"
    "app.register_blueprint(b)\n",
    "flask wsgi": "import logging\nfrom flask import Flask\napp = Flask(__name__)\nclass Log:\n"
    "    def __init__(self, app):\n"
    "        self.app = app\n    def __call__(self, environ, start):\n        logging.info(environ)\n"
    "        return self.app(environ, start)\napp.wsgi_app = Log(app.wsgi_app)\n",
}
SILENT = {
    "none": HEAD + APP,
    "defined, not mounted": LOGGING + APP,
    "helper not called": LOGGING + APP + "def setup(a):\n    a.add_middleware(RequestLog)\n",
    "only the name says so": HEAD + "class RequestLoggingMiddleware(BaseHTTPMiddleware):\n"
    "    async def dispatch(self, request, call_next):\n        return await call_next(request)\n"
    + APP
    + "app.add_middleware(RequestLoggingMiddleware)\n",
    "only errors": HEAD + APP + '@app.middleware("http")\nasync def f(request, call_next):\n    try:\n'
    "        return await call_next(request)\n    except ValueError:\n        logger.exception('x')\n        raise\n",
    "only at start": HEAD + "class M(BaseHTTPMiddleware):\n    def __init__(self, app):\n        logger.info('start')\n"
    "    async def dispatch(self, request, call_next):\n        return await call_next(request)\n"
    + APP
    + "app.add_middleware(M)\n",
    "in debug only": LOGGING + APP + "if settings.debug:\n    app.add_middleware(RequestLog)\n",
    "other middleware": HEAD
    + "from fastapi.middleware.gzip import GZipMiddleware\n"
    + APP
    + "app.add_middleware(GZipMiddleware)\n",
    "on the sub-application only": LOGGING
    + "sub = FastAPI()\nsub.add_middleware(RequestLog)\n"
    + APP
    + 'app.mount("/api", sub)\n@app.get("/x")\ndef x(): ...\n',
    "in a handler": HEAD + APP + '@app.get("/x")\ndef x():\n    logger.info("x")\n',
    "commented": LOGGING + APP + "# app.add_middleware(RequestLog)\n",
    "flask blueprint hook": "import logging\nfrom flask import Blueprint, Flask\napp = Flask(__name__)\n"
    "b = Blueprint('b', __name__)\n@b.before_request\ndef log():\n    logging.info('x')\napp.register_blueprint(b)\n",
}


@pytest.mark.req("R0-085")
@pytest.mark.parametrize("source", LOGGED.values(), ids=LOGGED.keys())
def test_mounted_request_logging_is_seen(compute_check, source):
    assert compute_check("LOG-002", {"svc/app/main.py": source}) == []


@pytest.mark.req("R0-085")
@pytest.mark.parametrize("source", SILENT.values(), ids=SILENT.keys())
def test_an_application_that_does_not_log_requests_is_found(compute_check, source):
    assert [finding.path for finding in compute_check("LOG-002", {"svc/app/main.py": source})] == ["svc/app/main.py"]


def test_middleware_of_another_module_is_followed(compute_check):
    files = {
        "svc/app/logs.py": LOGGING + "def install(app):\n    app.add_middleware(RequestLog)\n",
        "svc/app/main.py": "from fastapi import FastAPI\nfrom app import logs\n\ndef create_app():\n"
        "    app = FastAPI()\n"
        "    logs.install(app)\n    return app\n",
    }
    assert compute_check("LOG-002", files) == []
