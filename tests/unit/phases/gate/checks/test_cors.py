import pytest

FASTAPI = (
    "from fastapi import FastAPI\nfrom fastapi.middleware.cors import CORSMiddleware\nimport os\napp = FastAPI()\n"
)
FLASK = "from flask import Flask\nfrom flask_cors import CORS, cross_origin\napp = Flask(__name__)\n"

VIOLATIONS = {
    "list": FASTAPI + 'app.add_middleware(CORSMiddleware, allow_origins=["*"])',
    "tuple": FASTAPI + 'app.add_middleware(CORSMiddleware, allow_origins=("*",))',
    "among others": FASTAPI + 'app.add_middleware(CORSMiddleware, allow_origins=["https://a.io", "*"])',
    "constant": FASTAPI + 'ORIGINS = ["*"]\napp.add_middleware(CORSMiddleware, allow_origins=ORIGINS)',
    "concatenation": FASTAPI + 'app.add_middleware(CORSMiddleware, allow_origins=["https://a.io"] + ["*"])',
    "regex": FASTAPI + 'app.add_middleware(CORSMiddleware, allow_origin_regex=".*")',
    "regex of any scheme": FASTAPI + 'app.add_middleware(CORSMiddleware, allow_origin_regex=r"https?://.*")',
    "environment default": FASTAPI
    + 'app.add_middleware(CORSMiddleware, allow_origins=os.getenv("ORIGINS", "*").split(","))',
    "comprehension": FASTAPI
    + 'app.add_middleware(CORSMiddleware, allow_origins=[o.strip() for o in os.environ.get("O", "*").split(",")])',
    "options": FASTAPI + 'OPTIONS = {"allow_origins": ["*"]}\napp.add_middleware(CORSMiddleware, **OPTIONS)',
    "wrapper": FASTAPI + 'app = CORSMiddleware(app, allow_origins=["*"])',
    "middleware list": "from fastapi import FastAPI\nfrom starlette.middleware import Middleware\n"
    "from starlette.middleware.cors import CORSMiddleware as Cors\n"
    'app = FastAPI(middleware=[Middleware(Cors, allow_origins=["*"])])',
    "settings": FASTAPI
    + 'class Settings:\n    origins: list[str] = ["*"]\nsettings = Settings()\n'
    + "app.add_middleware(CORSMiddleware, allow_origins=settings.origins)",
    "settings field": FASTAPI
    + "from pydantic import Field\nclass Settings:\n    origins: list[str] = Field(default_factory=lambda: ['*'])\n"
    + "def get_settings():\n    return Settings()\n"
    + "app.add_middleware(CORSMiddleware, allow_origins=get_settings().origins)",
    "settings argument": FASTAPI + 'class Settings:\n    origins: str = "*"\n' + "def build(settings: Settings):\n"
    "    app.add_middleware(CORSMiddleware, allow_origins=settings.origins.split(','))",
    "argument of a helper": FASTAPI
    + "def allow(app, origins):\n    app.add_middleware(CORSMiddleware, allow_origins=origins)\nallow(app, ['*'])",
    "header": 'def f(response):\n    response.headers["Access-Control-Allow-Origin"] = "*"',
    "header dict": 'HEADERS = {"access-control-allow-origin": "*"}',
    "header call": 'def f(r):\n    r.headers.add("Access-Control-Allow-Origin", "*")',
    "flask default": FLASK + "CORS(app)",
    "flask origins": FLASK + 'CORS(app, origins="*")',
    "flask list": FLASK + 'CORS(app, origins=["*"])',
    "flask regex": FLASK + 'CORS(app, origins=r".*")',
    "flask resources": FLASK + 'CORS(app, resources={r"/api/*": {"origins": "*"}})',
    "flask config": FLASK + 'app.config["CORS_ORIGINS"] = "*"\nCORS(app)',
    "flask decorator": FLASK + '@app.get("/x")\n@cross_origin()\ndef x():\n    return {}',
    "flask init_app": "from flask_cors import CORS\ncors = CORS()\ndef setup(app):\n"
    "    cors.init_app(app, origins='*')",
    "not only in debug": FASTAPI
    + 'app.add_middleware(CORSMiddleware, allow_origins=["https://a.io"] if debug else ["*"])',
}
BENIGN = {
    "origins": FASTAPI + 'app.add_middleware(CORSMiddleware, allow_origins=["https://a.io"], allow_methods=["*"])',
    "headers": FASTAPI
    + 'app.add_middleware(CORSMiddleware, allow_origins=[], allow_headers=["*"], expose_headers=("*",))',
    "subdomain regex": FASTAPI + r'app.add_middleware(CORSMiddleware, allow_origin_regex=r"https://.*\.shop\.io")',
    "environment": FASTAPI + 'app.add_middleware(CORSMiddleware, allow_origins=os.environ["ORIGINS"].split(","))',
    "harmless default": FASTAPI
    + 'app.add_middleware(CORSMiddleware, allow_origins=os.getenv("ORIGINS", "https://a.io").split(","))',
    "debug only": FASTAPI + 'if os.getenv("DEBUG"):\n    app.add_middleware(CORSMiddleware, allow_origins=["*"])',
    "debug branch": FASTAPI
    + 'app.add_middleware(CORSMiddleware, allow_origins=["*"] if settings.debug else ["https://a.io"])',
    "development environment": FASTAPI
    + 'if settings.env == "development":\n    app.add_middleware(CORSMiddleware, allow_origins=["*"])',
    "unless production": FASTAPI
    + 'if settings.env != "production":\n    app.add_middleware(CORSMiddleware, allow_origins=["*"])',
    "other middleware": FASTAPI
    + "from starlette.middleware.trustedhost import TrustedHostMiddleware\n"
    + 'app.add_middleware(TrustedHostMiddleware, allowed_hosts=["*"])',
    "flask origins": FLASK + 'CORS(app, origins=["https://a.io"])',
    "flask resources": FLASK + 'CORS(app, resources={r"/api/*": {"origins": ["https://a.io"]}})',
    "flask config": FLASK + 'app.config["CORS_ORIGINS"] = ["https://a.io"]\nCORS(app)',
    "header": 'def f(response, origin):\n    response.headers["Access-Control-Allow-Origin"] = origin',
    "docstring": 'def f():\n    """Never use allow_origins=["*"]."""',
    "glob": 'import glob\nFILES = glob.glob("*")',
}
OPEN_CONFIG = {
    "svc/.env": "CORS_ORIGINS=*\n",
    "svc/config/settings.yaml": "cors:\n  origins: ['*']\n",
    "svc/config.json": '{"cors_allowed_origins": ["*"]}',
    "svc/config.toml": 'allowed_origins = ["*"]\n',
    "svc/Dockerfile": "FROM python:3.12\nENV CORS_ALLOW_ORIGINS=*\n",
    "svc/nginx.conf": "location / {\n  add_header 'Access-Control-Allow-Origin' '*' always;\n}\n",
    "docker-compose.yml": "services:\n  svc:\n    environment:\n      - ALLOWED_ORIGINS=*\n",
    "traefik/dynamic.yml": "http:\n  middlewares:\n    cors:\n      headers:\n"
    "        accessControlAllowOriginList: ['*']\n",
    "compose.yaml": "services:\n  svc:\n    labels:\n"
    "      traefik.http.middlewares.c.headers.accesscontrolalloworiginlist: '*'\n",
}
CLOSED_CONFIG = {
    "svc/.env": "CORS_ORIGINS=https://a.io\nALLOWED_HOSTS=*\n",
    "svc/.env.example": "CORS_ORIGINS=*\n",
    "svc/settings.yaml": "cors:\n  origins: ['https://a.io']\n  methods: ['*']\n",
    "docker-compose.dev.yml": "services:\n  svc:\n    environment:\n      CORS_ORIGINS: '*'\n",
    "svc/nginx.conf": "add_header 'Access-Control-Allow-Methods' '*';\n"
    "# add_header 'Access-Control-Allow-Origin' '*';\n",
}


@pytest.mark.req("R0-083")
@pytest.mark.parametrize("source", VIOLATIONS.values(), ids=VIOLATIONS.keys())
def test_code_that_lets_every_origin_in_is_found(compute_check, source):
    assert len(compute_check("CORS-001", {"svc/app/main.py": source})) == 1


@pytest.mark.req("R0-083")
@pytest.mark.parametrize("source", BENIGN.values(), ids=BENIGN.keys())
def test_code_that_names_its_origins_is_left_alone(compute_check, source):
    assert compute_check("CORS-001", {"svc/app/main.py": source}) == []


@pytest.mark.parametrize("path", OPEN_CONFIG, ids=OPEN_CONFIG.keys())
def test_open_configuration_is_found(compute_check, path):
    findings = compute_check("CORS-001", {path: OPEN_CONFIG[path], "svc/app/main.py": "x = 1"})
    assert [finding.path for finding in findings] == [path]


@pytest.mark.parametrize("path", CLOSED_CONFIG, ids=CLOSED_CONFIG.keys())
def test_closed_or_development_configuration_is_left_alone(compute_check, path):
    assert compute_check("CORS-001", {path: CLOSED_CONFIG[path], "svc/app/main.py": "x = 1"}) == []


def test_a_constant_of_another_module_is_followed(compute_check):
    files = {
        "svc/app/config.py": 'ORIGINS = ["*"]',
        "svc/app/main.py": FASTAPI + "from app.config import ORIGINS\n"
        "app.add_middleware(CORSMiddleware, allow_origins=ORIGINS)",
    }
    (finding,) = compute_check("CORS-001", files)
    assert finding.path == "svc/app/main.py"
