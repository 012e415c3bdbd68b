"""CORS-001: every way to let any origin in, and the ways that only look like one."""

from typing import Final

from sluice.commands.gate_proof.compose_edits import swap_compose
from sluice.commands.gate_proof.edits import after_app, at_end, both, in_handler, new_file, swap
from sluice.commands.gate_proof.mutation import Operator, variants

_FASTAPI = "from fastapi.middleware.cors import CORSMiddleware"
_ADD = "APP.add_middleware(\n    CORSMiddleware,\n    allow_methods=['GET'],\n{}\n)"
_FLASK = "from flask_cors import CORS"


def _add(argument: str) -> str:
    return _ADD.format(argument)


_PLANTS = {
    "anchored regex": after_app(_add('§    allow_origin_regex="^https?://.*$",'), imports=_FASTAPI),
    "regex of one or more": after_app(_add('§    allow_origin_regex=r".+",'), imports=_FASTAPI),
    "header of an answer": after_app(
        '@APP.get("/open-answer", include_in_schema=False)\ndef open_answer():\n'
        '    §return Response(headers={"Access-Control-Allow-Origin": "*"})',
        imports="from fastapi import Response",
    ),
    "added to another list": after_app(
        'known = ["https://a.example.com"]\n§known.append("*")\n'
        "§APP.add_middleware(CORSMiddleware, allow_origins=known)",
        imports=_FASTAPI,
    ),
    "list": after_app(_add('§    allow_origins=["*"],'), imports=_FASTAPI),
    "tuple": after_app(_add('§    allow_origins=("*",),'), imports=_FASTAPI),
    "among others": after_app(_add('§    allow_origins=["https://a.example.com", "*"],'), imports=_FASTAPI),
    "regex of everything": after_app(_add('§    allow_origin_regex=".*",'), imports=_FASTAPI),
    "regex of every scheme": after_app(_add('§    allow_origin_regex=r"https?://.*",'), imports=_FASTAPI),
    "constant": after_app('§ANYBODY = ["*"]\n' + _add("    allow_origins=ANYBODY,"), imports=_FASTAPI),
    "default of the environment": after_app(
        '§given = os.getenv("CORS_ORIGINS", "*").split(",")\n' + _add("    allow_origins=given,"),
        imports=f"import os\n{_FASTAPI}",
    ),
    "condition on production": after_app(
        'if settings.environment == "production":\n    §APP.add_middleware(CORSMiddleware, allow_origins=["*"])',
        imports=_FASTAPI,
    ),
    "one line": after_app('§APP.add_middleware(CORSMiddleware, allow_origins=["*"])', imports=_FASTAPI),
    "module attribute": after_app(
        '§APP.add_middleware(cors.CORSMiddleware, allow_origins=["*"], allow_credentials=True)',
        imports="from starlette.middleware import cors",
    ),
    "keyword dictionary": after_app(
        'options = {\n§    "allow_origins": ["*"],\n    "allow_methods": ["*"],\n}\n'
        "APP.add_middleware(CORSMiddleware, **options)",
        imports=_FASTAPI,
    ),
}
_SETTINGS = {
    "settings class": both(
        new_file(
            "app/corsconfig.py",
            "from pydantic_settings import BaseSettings\n\n\nclass CorsSettings(BaseSettings):\n"
            '    §allowed: list[str] = ["*"]\n\n\ncors_settings = CorsSettings()',
        ),
        after_app(
            "§APP.add_middleware(Cors, allow_origins=cors_settings.allowed)",
            imports="from starlette.middleware.cors import CORSMiddleware as Cors\n"
            "from app.corsconfig import cors_settings",
        ),
    )
}
_FLASK_PLANTS = {
    "Flask header added": after_app(
        "@APP.after_request\ndef open_all(response):\n"
        '    §response.headers.add("Access-Control-Allow-Origin", "*")\n    return response'
    ),
    "Flask extension set up later": after_app(
        '§cors = CORS()\n§cors.init_app(APP, resources={r"/api/*": {"origins": ["*"]}})', imports=_FLASK
    ),
    "Flask without origins": after_app("§CORS(APP)", imports=_FLASK),
    "Flask origins": after_app('§CORS(APP, origins="*", supports_credentials=True)', imports=_FLASK),
    "Flask resources": after_app('§CORS(APP, resources={r"/*": {"origins": "*"}})', imports=_FLASK),
    "Flask decorator": in_handler('§flask_cors.CORS(current, origins=["*"])', imports="import flask_cors"),
    "Flask header after each request": after_app(
        "@APP.after_request\ndef open_up(response):\n"
        '    §response.headers["Access-Control-Allow-Origin"] = "*"\n    return response'
    ),
}
_FILES = {
    "nginx that reflects": new_file(
        "deploy/nginx.conf", "server {\n    listen 80;\n§    add_header Access-Control-Allow-Origin $http_origin;\n}"
    ),
    "nginx with quotes": new_file(
        "deploy/default.conf", "server {\n§    add_header 'Access-Control-Allow-Origin' '*';\n}"
    ),
    "TOML settings": new_file("config/app.toml", '[cors]\n§allow_origins = ["*"]'),
    "JSON settings": new_file("config/settings.json", '{\n  "cors": {\n§    "origins": "*"\n  }\n}'),
    "Traefik in TOML": new_file(
        "deploy/dynamic.toml", '[http.middlewares.c.headers]\n§  accessControlAllowOriginList = ["*"]'
    ),
    "nginx": new_file(
        "deploy/nginx.conf", "server {\n    listen 80;\n§    add_header Access-Control-Allow-Origin *;\n}"
    ),
    "nginx always": new_file(
        "deploy/nginx/site.conf",
        'server {\n    location / {\n§        add_header "Access-Control-Allow-Origin" "*" always;\n    }\n}',
    ),
    "Traefik list": new_file(
        "deploy/traefik.yml",
        "http:\n  middlewares:\n    cors:\n      headers:\n        accessControlAllowOriginList:\n§          - '*'",
    ),
    "Traefik regex": new_file(
        "deploy/dynamic.yaml",
        "http:\n  middlewares:\n    c:\n      headers:\n        accessControlAllowOriginListRegex:\n§          - '.*'",
    ),
    "env file": new_file(".env", "LOG_LEVEL=INFO\n§CORS_ORIGINS=*"),
    "env file as a JSON list": new_file(".env.production", '§BACKEND_CORS_ORIGINS=["*"]'),
    "YAML settings": new_file("config/settings.yaml", "server:\n  cors:\n§    allow_origins: ['*']"),
    "Dockerfile": swap(r"^(EXPOSE .*)$", r'§ENV CORS_ALLOWED_ORIGINS="*"\n\1', "Dockerfile"),
}
_COMPOSE = {
    "compose environment": swap_compose(
        r"^    environment:\n(?=      \w)", '    environment:\n§      CORS_ALLOW_ORIGINS: "*"\n'
    ),
    "compose environment as a list": swap_compose(
        r"^    environment:\n(?=      - )", "    environment:\n§      - CORS_ORIGINS=*\n"
    ),
    "Traefik label": swap_compose(
        r"^    labels:\n(?=      \w)",
        '    labels:\n§      traefik.http.middlewares.c.headers.accesscontrolalloworiginlist: "*"\n',
    ),
}
_TWINS = {
    "no wildcard in a list of many": after_app(
        _add('    allow_origins=["https://a.example.com", "https://b.example.com"],\n    expose_headers=["*"],'),
        imports=_FASTAPI,
    ),
    "regex of one host and any port": after_app(
        _add(r'    allow_origin_regex=r"http://127\.0\.0\.1:\d+",'), imports=_FASTAPI
    ),
    "named origin": after_app(_add('    allow_origins=["https://shop.example.com"],'), imports=_FASTAPI),
    "any method and header": after_app(
        'APP.add_middleware(CORSMiddleware, allow_origins=[], allow_methods=["*"], allow_headers=["*"])',
        imports=_FASTAPI,
    ),
    "regex of subdomains": after_app(
        _add(r'    allow_origin_regex=r"https://[a-z]+\.example\.com",'), imports=_FASTAPI
    ),
    "from the environment": after_app(
        _add('    allow_origins=os.environ["CORS_ORIGINS"].split(","),'), imports=f"import os\n{_FASTAPI}"
    ),
    "default of this machine": after_app(
        _add('    allow_origins=os.getenv("CORS_ORIGINS", "http://127.0.0.1:3000").split(","),'),
        imports=f"import os\n{_FASTAPI}",
    ),
    "in debug only": after_app(
        'if settings.debug:\n    APP.add_middleware(CORSMiddleware, allow_origins=["*"])', imports=_FASTAPI
    ),
    "trusted hosts": after_app(
        'APP.add_middleware(TrustedHostMiddleware, allowed_hosts=["*"])',
        imports="from starlette.middleware.trustedhost import TrustedHostMiddleware",
    ),
    "no credentials and no origins": after_app(_add("    allow_origins=(),"), imports=_FASTAPI),
}
_PYTHON_TWINS = {
    "glob": at_end('PATTERNS = ["*", "*.py"]\nALLOWED_FILES = "*"'),
    "comment": at_end('# allow_origins=["*"] was here once\nORIGINS: tuple[str, ...] = ()'),
    "docstring": at_end('def cors() -> None:\n    """Never answer with `Access-Control-Allow-Origin: *`."""'),
    "another header": at_end('HEADERS = {"Access-Control-Allow-Methods": "*", "Vary": "Origin"}'),
    "compared": at_end('def is_open(origin: str) -> bool:\n    return origin == "*"'),
    "test": new_file(
        "tests/test_cors.py", 'def test_it(app):\n    app.add_middleware(C, allow_origins=["*"])\n    assert app'
    ),
}
_FLASK_TWINS = {
    "Flask with origins": after_app('CORS(APP, origins=["https://shop.example.com"])', imports=_FLASK),
    "Flask resources with origins": after_app(
        'CORS(APP, resources={r"/api/*": {"origins": "https://shop.example.com"}})', imports=_FLASK
    ),
    "Flask header of one origin": after_app(
        "@APP.after_request\ndef open_up(response):\n"
        '    response.headers["Access-Control-Allow-Origin"] = "https://shop.example.com"\n    return response'
    ),
}
_FILE_TWINS = {
    "nginx of one origin": new_file(
        "deploy/nginx.conf", "server {\n    add_header Access-Control-Allow-Origin https://shop.example.com;\n}"
    ),
    "nginx comment": new_file("deploy/nginx.conf", "server {\n    # add_header Access-Control-Allow-Origin *;\n}"),
    "nginx methods": new_file("deploy/nginx.conf", "server {\n    add_header Access-Control-Allow-Headers *;\n}"),
    "Traefik methods": new_file(
        "deploy/traefik.yml", "http:\n  middlewares:\n    c:\n      headers:\n        accessControlAllowMethods: ['*']"
    ),
    "env file of development": new_file(".env.development", "CORS_ORIGINS=*"),
    "example env file": new_file(".env.example", "CORS_ORIGINS=*"),
    "other setting": new_file(".env", "ALLOWED_HOSTS=*\nCORS_METHODS=*"),
}

OPERATORS: Final = (
    Operator(
        check="CORS-001",
        plants=(
            *variants(_PLANTS, needs="fastapi"),
            *variants(_SETTINGS, needs="fastapi generated"),
            *variants(_FLASK_PLANTS, needs="flask"),
            *variants(_FILES),
            *variants(_COMPOSE, touches="compose"),
        ),
        twins=(
            *variants(_TWINS, needs="fastapi"),
            *variants(_FLASK_TWINS, needs="flask"),
            *variants(_PYTHON_TWINS),
            *variants(_FILE_TWINS),
        ),
    ),
)
