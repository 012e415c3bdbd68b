"""SEC-SCAN-001: credentials wherever people write them; each is made up anew, none stands in this file."""

import random
import re
import string
from collections.abc import Callable
from typing import Final

from sluice.commands.gate_proof.compose_edits import in_compose, swap_compose
from sluice.commands.gate_proof.edits import at_end, in_function, new_file, swap
from sluice.commands.gate_proof.mutation import Edit, Operator, Site, variants

_MIXED = string.ascii_letters + string.digits


def _text(choice: random.Random, alphabet: str, length: int) -> str:
    return "".join(choice.choice(alphabet) for _ in range(length))


def _word(choice: random.Random) -> str:
    """A password as a person chooses it."""
    word = choice.choice(["Winter", "Falcon", "Harbour", "Quartz", "Monday"])
    return f"{word}{choice.randrange(1000, 9999)}{choice.choice('!#_')}{choice.choice('kmx')}"


_KINDS: dict[str, Callable[[random.Random], str]] = {
    "aws": lambda choice: "AKIA" + _text(choice, string.ascii_uppercase + "234567", 16),
    "github": lambda choice: "ghp" + "_" + _text(choice, _MIXED, 36),
    "stripe": lambda choice: "sk" + "_live_" + _text(choice, _MIXED, 24),
    "hex": lambda choice: _text(choice, "0123456789abcdef", 40),
    "random": lambda choice: _text(choice, _MIXED, 44) + "7aQ",
    "word": _word,
    "pem": lambda choice: "-----BEGIN RSA " + "PRIVATE KEY-----\\n" + _text(choice, _MIXED, 64),
}


def _filled(template: str, choice: random.Random) -> str:
    return re.sub(r"<(\w+)>", lambda found: _KINDS[found[1]](choice), template)


def _made_up(place: Callable[[str], Edit], template: str) -> Edit:
    def edit(site: Site) -> None:
        place(_filled(template, site.choice))(site)

    return edit


def _line(template: str) -> Edit:
    return _made_up(in_function, template)


def _end(template: str) -> Edit:
    return _made_up(at_end, template)


def _file(path: str, template: str) -> Edit:
    return _made_up(lambda text: new_file(path, text), template)


def _docker(template: str) -> Edit:
    return _made_up(lambda text: swap(r"^(EXPOSE .*)$", text + r"\n\1", "Dockerfile"), template)


def _variable(template: str) -> Edit:
    return _made_up(
        lambda text: swap_compose(r"^    environment:\n(?=      \w)", f"    environment:\n{text}\n"), template
    )


_PLANTS = {
    "Flask configuration": _end('def configure(app):\n    §app.config["SECRET_KEY"] = "<hex>"'),
    "Flask update": _end('def reconfigure(app):\n    §app.config.update(SECRET_KEY="<word>", TESTING=False)'),
    "attribute": _end('def sign(app):\n    §app.secret_key = "<random>"'),
    "set in the environment": _end('§os.environ["STRIPE_API_KEY"] = "<stripe>"'),
    "default put into the environment": _end('§os.environ.setdefault("JWT_SECRET", "<hex>")'),
    "SecretStr": _end('§SIGNING_SECRET = SecretStr("<word>")'),
    "pair of basic authentication": _line('§session.auth = ("svc", "<word>")'),
    "Django": _end('DATABASES = {"default": {"USER": "svc",\n§    "PASSWORD": "<word>"}}'),
    "shell script": _file("deploy/start.sh", "#!/bin/sh\n§export AWS_SECRET_ACCESS_KEY=<random>\nexec app"),
    "header in a shell script": _file(
        "deploy/ping.sh", '#!/bin/sh\n§curl -H "Authorization: Bearer <github>" http://peer/x'
    ),
    "index of packages": _file(
        "requirements-extra.txt", "§--extra-index-url https://svc:<word>@pypi.example.com/simple\nx==1"
    ),
    "ini of migrations": _file("config/alembic.ini", "[alembic]\n§sqlalchemy.url = postgresql://svc:<word>@db/app"),
    "Kubernetes secret": _file("deploy/secret.yaml", "kind: Secret\nstringData:\n§  password: <word>"),
    "token in a URL": _end('§HOOK = "https://hooks.example.com/in?token=<hex>"'),
    "private key in YAML": _file(
        "config/keys.yaml", "jwt:\n  private_key: |\n§    -----BEGIN PRIVATE KEY-----\n    <random>"
    ),
    "workflow": _file("deploy/ci.yml", "jobs:\n  x:\n    env:\n§      NPM_TOKEN: <random>"),
    "constant": _end('§API_KEY = "<random>"'),
    "annotated constant": _end('§DB_PASSWORD: str = "<word>"'),
    "settings default": _end('class Secrets(BaseModel):\n    §jwt_secret: str = "<hex>"'),
    "field default": _end('class More:\n    §webhook_secret: str = Field(default="<word>")'),
    "default of the environment": _end('§SIGNING_KEY = os.getenv("SIGNING_KEY", "<hex>")'),
    "or after the environment": _end('§SECRET = os.environ.get("APP_SECRET") or "<word>"'),
    "keyword of a call": _line('§connect(host="db", user="svc", password="<word>")'),
    "dictionary": _line('headers = {"X-Request": "1"}\n§headers["Authorization"] = "Bearer <random>"'),
    "entry of a dictionary": _end('OPTIONS = {\n    "user": "svc",\n§    "password": "<word>",\n}'),
    "URL": _end('§DSN = "postgresql://svc:<word>@db.internal:5432/app"'),
    "URL in an f-string": _line('§url = f"amqp://svc:<hex>@{host}:5672/"'),
    "known format in a list": _end('KEYS = [\n§    "<aws>",\n]'),
    "known format under a harmless name": _line('§label = "<github>"'),
    "entropy under a harmless name": _end('§SALTED = "<random>"'),
    "private key": _end('§PEM = "<pem>\\n-----END RSA PRIVATE KEY-----"'),
    "argument default": _end('§def login(user: str, password: str = "<word>") -> bool:\n    return bool(user)'),
    "compared": _line('if token == "":\n    pass\n§elif token == "<hex>":\n    pass'),
    "joined pieces": _end('§CLIENT_SECRET = "<word>" + "<hex>"'),
    "bytes": _end('§HMAC_KEY = b"<random>"'),
    "position of a library": _made_up(
        lambda text: in_function(text, imports="import jwt"), '§claims = jwt.decode(raw, "<hex>", algorithms=["HS256"])'
    ),
    "env file": _file(".env", "LOG_LEVEL=INFO\n§SECRET_KEY=<random>\nDEBUG=0"),
    "env file of production with export": _file(".env.production", "§export STRIPE_API_KEY=<stripe>"),
    "YAML": _file("deploy/values.yaml", "database:\n  user: svc\n§  password: <word>"),
    "JSON": _file("config/settings.json", '{\n  "smtp": {\n§    "password": "<word>"\n  }\n}'),
    "TOML": _file("config/app.toml", '[auth]\nissuer = "https://id.example.com"\n§client_secret = "<hex>"'),
    "ini": _file("config/app.ini", "[mail]\nuser = svc\n§password = <word>"),
    "Dockerfile ENV": _docker('§ENV JWT_SECRET="<hex>"'),
    "Dockerfile ARG": _docker("§ARG NPM_TOKEN=<random>"),
}
_COMPOSE = {
    "compose environment": _variable("§      JWT_SECRET_KEY: <random>"),
    "compose default": _variable("§      APP_SECRET: ${APP_SECRET:-<word>}"),
    "compose URL": _variable("§      BROKER: amqp://svc:<word>@broker:5672/"),
    "compose command": _made_up(in_compose, '§command: ["serve", "--db=postgresql://svc:<word>@db:5432/app"]'),
}
_TWINS = {
    "made at run time": _end("SECRET_KEY = secrets.token_hex(32)"),
    "from a request": _line('token = request.headers["X-Token"]\ndel token'),
    "name of a header": _end('api_key = APIKeyHeader(name="X-API-Key", auto_error=False)'),
    "cookie": _end('CSRF_COOKIE_NAME = "csrftoken"\nSESSION_COOKIE = "sessionid"'),
    "timeout": _end("PASSWORD_RESET_TIMEOUT = 3600\nTOKEN_TTL = '15m'"),
    "reference of Kubernetes": _file(
        "deploy/pod.yaml", "env:\n  - name: PASSWORD\n    valueFrom:\n      secretKeyRef: {name: db, key: password}"
    ),
    "revision": _end('revision = "a1b2c3d4e5f6"\ndown_revision = "0f1e2d3c4b5a"'),
    "certificate": _file(
        "config/ca.pem", "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIU\n-----END CERTIFICATE-----"
    ),
    "words of an interface": _file(
        "config/en.json", '{"password": "Password", "token": "Access token", "secret": "Secret"}'
    ),
    "type of an input": _end('FORM = {"type": "password", "name": "password", "autocomplete": "current-password"}'),
    "integrity": _file("config/package-lock.json", '{"integrity": "sha512-' + "Ab3" * 28 + 'Zg=="}'),
    "credentials from the environment in an f-string": _line(
        "dsn = f\"postgresql://{os.environ['USER']}:{os.environ['PASSWORD']}@db/app\"\ndel dsn"
    ),
    "example of a contract": _file(
        "config/openapi.json", '{"components": {"schemas": {"Login": {"example": {"password": "S3cret!pass9"}}}}}'
    ),
    "strong default left out": _end('API_TOKEN: str | None = None\nDB_PASSWORD = ""'),
    "placeholder": _end('API_KEY = "change-me"'),
    "your key here": _end('API_KEY = "<your-api-key>"'.replace("<", "{").replace(">", "}")),
    "environment": _end('SECRET_KEY = os.environ["SECRET_KEY"]'),
    "environment with an empty default": _end('SECRET_KEY = os.getenv("SECRET_KEY", "")'),
    "name of a variable": _end('PASSWORD_VARIABLE = "DATABASE_PASSWORD"'),
    "path of a secret": _end('SECRET_FILE = "/run/secrets/db_password"'),
    "field name": _end('PASSWORD_FIELD = "password"\nTOKEN_URL = "/auth/token"'),
    "token type": _end('TOKEN_TYPE = "bearer"\nACCESS_TOKEN = "access_token"'),
    "message": _end('PASSWORD_TOO_SHORT = "the password needs eight characters"'),
    "length": _end("PASSWORD_MIN_LENGTH = 12\nTOKEN_BYTES = 32"),
    "f-string without one": _line('dsn = f"postgresql://{user}:{password}@{host}/app"'),
    "digest": _end('SCHEMA_SHA256 = "<hex><hex>"'.replace("<hex><hex>", "3f" * 32)),
    "identifier": _end('NAMESPACE = UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")'),
    "test fixture": _file("tests/test_login.py", 'PASSWORD = "<word>"\n\n\ndef test_it():\n    assert PASSWORD'),
    "example env file": _file(
        ".env.example", "SECRET_KEY=changeme\nAPI_TOKEN=<token>".replace("<token>", "your-token")
    ),
    "reference in YAML": _file(
        "deploy/values.yaml", "database:\n  password: ${DB_PASSWORD}\n  existingSecret: db-login"
    ),
    "helm reference": _file("deploy/secret.yaml", "stringData:\n  password: '{{ .Values.password }}'"),
    "secret store": _file("config/app.toml", '[auth]\nclient_secret = "vault:secret/data/app#client_secret"'),
    "Dockerfile secret mount": _docker("ENV SECRET_KEY_FILE=/run/secrets/key"),
    "docstring": _end('def login() -> None:\n    """Send `password=hunter2` in the form.\n\n    >>> login()\n    """'),
    "lock hashes": _file("requirements.lock", "fastapi==0.115.0 \\\n    --hash=sha256:" + "0a1b2c3d" * 8),
    "regular expression": _end('TOKEN_PATTERN = r"[A-Za-z0-9_-]{20,}\\.[A-Za-z0-9_-]{20,}"'),
    "SecretStr without value": _end("class Login(BaseModel):\n    password: SecretStr = Field(min_length=8)"),
    "error code": _end('ERRORS = {"invalid_token": "token expired", "bad_password": "wrong password"}'),
    "alphabet": _end('ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"'),
    "public key": _end('PUBLIC_KEY_PATH = "keys/jwt.pub"\nKEY_ID = "2024-06-signing"'),
    "local URL": _end('DEFAULT_DSN = "postgresql://postgres:postgres@127.0.0.1:5432/postgres"'),
}
_COMPOSE_TWINS = {
    "compose reference": _variable("      JWT_SECRET_KEY: ${JWT_SECRET_KEY:?}"),
    "compose secret file": _variable("      POSTGRES_PASSWORD_FILE: /run/secrets/postgres"),
}

OPERATORS: Final = (
    Operator(
        check="SEC-SCAN-001",
        plants=(*variants(_PLANTS), *variants(_COMPOSE, touches="compose")),
        twins=(*variants(_TWINS), *variants(_COMPOSE_TWINS, touches="compose")),
    ),
)
