import pytest

FASTAPI = "from fastapi import APIRouter, FastAPI\napp = FastAPI()\n"
FLASK = "from flask import Blueprint, Flask\napp = Flask(__name__)\n"
ROUTE = '@app.get("/health")\ndef health():\n    return {}\n'

HEALTHY = {
    "decorator": FASTAPI + ROUTE,
    "async": FASTAPI + '@app.get("/health")\nasync def health():\n    return {}\n',
    "trailing slash": FASTAPI + '@app.get("/health/")\ndef health():\n    return {}\n',
    "keyword": FASTAPI + '@app.get(path="/health")\ndef health():\n    return {}\n',
    "constant": FASTAPI + 'HEALTH = "/health"\n@app.get(HEALTH)\ndef h():\n    return {}\n',
    "router": FASTAPI + 'r = APIRouter()\n@r.get("/health")\ndef h():\n    return {}\napp.include_router(r)\n',
    "prefix of the router": FASTAPI
    + 'r = APIRouter(prefix="/health")\n@r.get("")\ndef h(): ...\napp.include_router(r)\n',
    "prefix of the inclusion": FASTAPI
    + 'r = APIRouter()\n@r.get("/health")\ndef h(): ...\napp.include_router(r, prefix="/api")\n',
    "nested routers": FASTAPI + 'a = APIRouter()\nb = APIRouter(prefix="/v1")\n@a.get("/health")\ndef h(): ...\n'
    "b.include_router(a)\napp.include_router(b)\n",
    "decorator by hand": FASTAPI + 'def h(): ...\napp.get("/health", tags=["x"])(h)\n',
    "api route": FASTAPI + '@app.api_route("/health", methods=["GET", "HEAD"])\ndef h(): ...\n',
    "added": FASTAPI + 'def h(): ...\napp.add_api_route("/health", h)\n',
    "mounted": FASTAPI + 'sub = FastAPI()\n@sub.get("/health")\ndef h(): ...\napp.mount("/api", sub)\n',
    "factory": "from fastapi import FastAPI\ndef create():\n    app = FastAPI()\n    @app.get('/health')\n"
    "    def h(): ...\n    return app\n",
    "helper": FASTAPI + 'def routes(a):\n    @a.get("/health")\n    def h(): ...\nroutes(app)\n',
    "class": "from fastapi import FastAPI\nclass Server:\n    def __init__(self):\n        self.app = FastAPI()\n"
    "        self.app.add_api_route('/health', self.health)\n    def health(self): ...\napp = Server().app\n",
    "loop": FASTAPI + 'a = APIRouter()\n@a.get("/health")\ndef h(): ...\nfor r in [a]:\n    app.include_router(r)\n',
    "starlette": "from starlette.applications import Starlette\nfrom starlette.routing import Mount, Route\n"
    'app = Starlette(routes=[Mount("/api", routes=[Route("/health", lambda r: None)])])\n',
    "subclass": "from fastapi import FastAPI\nclass App(FastAPI):\n    pass\napp = App()\n"
    '@app.get("/health")\ndef h(): ...\n',
    "flask": FLASK + '@app.route("/health")\ndef h(): ...\n',
    "flask get": FLASK + '@app.get("/health")\ndef h(): ...\n',
    "blueprint": FLASK + 'b = Blueprint("b", __name__, url_prefix="/x")\n@b.route("/health")\ndef h(): ...\n'
    "app.register_blueprint(b)\n",
    "url rule": FLASK + 'def h(): ...\napp.add_url_rule("/health", "h", h)\n',
    "restful": FLASK
    + "from flask_restful import Api, Resource\napi = Api(app)\nclass H(Resource):\n    def get(self): ...\n"
    'api.add_resource(H, "/health")\n',
    "live and ready": FASTAPI + '@app.get("/health/live")\ndef h(): ...\n',
}
UNHEALTHY = {
    "none": FASTAPI + '@app.get("/items")\ndef items(): ...\n',
    "other verb": FASTAPI + '@app.post("/health")\ndef h(): ...\n',
    "other name": FASTAPI + '@app.get("/healthz")\ndef h(): ...\n',
    "commented": FASTAPI + '# @app.get("/health")\ndef health(): ...\n',
    "router not included": FASTAPI + 'r = APIRouter()\n@r.get("/health")\ndef h(): ...\n',
    "of an entity": FASTAPI + '@app.get("/patients/{patient_id}/health")\ndef h(patient_id): ...\n',
    "helper not called": FASTAPI + 'def routes(a):\n    @a.get("/health")\n    def h(): ...\n',
    "only the handler": FASTAPI + "def health():\n    return {}\n",
    "flask other method": FLASK + '@app.route("/health", methods=["POST"])\ndef h(): ...\n',
    "blueprint not registered": FLASK + 'b = Blueprint("b", __name__)\n@b.route("/health")\ndef h(): ...\n',
}


@pytest.mark.req("R0-093")
@pytest.mark.parametrize("source", HEALTHY.values(), ids=HEALTHY.keys())
def test_a_health_route_is_seen_however_it_is_registered(compute_check, source):
    assert compute_check("HEALTH-001", {"svc/app/main.py": source}) == []


@pytest.mark.req("R0-093")
@pytest.mark.parametrize("source", UNHEALTHY.values(), ids=UNHEALTHY.keys())
def test_an_application_without_a_health_route_is_found(compute_check, source):
    findings = compute_check("HEALTH-001", {"svc/app/main.py": source})
    assert [(finding.path, finding.line) for finding in findings] == [("svc/app/main.py", 2)]


def test_routers_of_other_modules_and_relative_imports_are_followed(compute_check):
    files = {
        "svc/app/__init__.py": "",
        "svc/app/routers/__init__.py": "from .health import router as health_router",
        "svc/app/routers/health.py": "from fastapi import APIRouter\nrouter = APIRouter()\n"
        '@router.get("/health")\ndef h(): ...',
        "svc/app/factory.py": "from fastapi import FastAPI\nfrom . import routers\ndef create_app():\n"
        "    app = FastAPI()\n"
        "    app.include_router(routers.health_router)\n    return app",
        "svc/app/main.py": "from app.factory import create_app\napp = create_app()",
    }
    assert compute_check("HEALTH-001", files) == []


def test_only_the_application_that_is_served_counts(compute_check):
    files = {
        "svc/app/main.py": FASTAPI + ROUTE,
        "svc/app/admin.py": FASTAPI,
        "svc/Dockerfile": 'FROM python:3.12\nCMD ["uvicorn", "app.main:app", "--port", "8080"]\n',
    }
    assert compute_check("HEALTH-001", files) == []


def test_in_a_run_a_service_without_any_application_is_found(compute_check):
    findings = compute_check("HEALTH-001", {"svc/app/main.py": "x = 1"}, run=True)
    assert [finding.service for finding in findings] == ["svc"]
