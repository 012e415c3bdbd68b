import pytest

# Written in parts, so that no scanner takes these tests for a leak.
AWS = "AKIA" + "Z7QJ5X2LMNB4WRT3"
GITHUB = "ghp_" + "aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5"
STRIPE = "sk_" + "live_" + "4eC39HqLyjWDarjtT1zdp7dc"
RANDOM = "q7Zf2Lw9" + "Xb4Nc8Rt" + "1Vy6Mk3P" + "s5Hd0Gj"
KEY = "-----BEGIN " + "RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----"

PYTHON = {
    "assignment": 'DB_PASSWORD = "S3cure!horse"',
    "camel case": 'dbPassword = "S3cure!horse"',
    "annotated": 'api_key: str = "a81kd93jf7"',
    "attribute": 'class A:\n    def __init__(self):\n        self.secret_key = "kd93jf7x2"',
    "subscript": 'app.config["SECRET_KEY"] = "kd93jf7x2"',
    "dict": 'CONFIG = {"jwt_secret": "kd93jf7x2"}',
    "keyword": 'connect(password="kd93jf7x2")',
    "default": 'def connect(password="kd93jf7x2"):\n    pass',
    "keyword-only default": 'def connect(*, token="kd93jf7x2"):\n    pass',
    "comparison": 'def f(password):\n    return password == "kd93jf7x2"',
    "environment default": 'import os\nSECRET_KEY = os.getenv("SECRET_KEY", "kd93jf7x2")',
    "or default": 'import os\nSECRET_KEY = os.environ.get("SECRET_KEY") or "kd93jf7x2"',
    "settings field": "from pydantic import Field\nclass S:\n    jwt_secret: str = Field(default='kd93jf7x2')",
    "secret type": "from pydantic import SecretStr\nclass S:\n    jwt_secret: SecretStr = SecretStr('kd93jf7x2')",
    "bytes": 'SIGNING_KEY = b"kd93jf7x2"',
    "concatenation": 'API_KEY = "kd93" + "jf7x2"',
    "f-string": 'API_KEY = f"kd93jf7x2"',
    "positional": 'import jwt\njwt.encode({}, "kd93jf7x2", algorithm="HS256")',
    "weak but real": 'SECRET_KEY = "supersecret"',
    "url": 'URL = "postgresql://shop:S3cure!horse@db/shop"',
    "url in an f-string": 'def f(host):\n    return f"postgresql://shop:S3cure!horse@{host}/shop"',
    "bearer": 'HEADERS = {"Authorization": "Bearer kd93jf7x2kd93jf7"}',
    "aws": f'KEY_ID = "{AWS}"',
    "github": f'x = "{GITHUB}"',
    "stripe": f'x = "{STRIPE}"',
    "random": f'VALUE = "{RANDOM}"',
    "private key": f'PEM = """{KEY}"""',
    "in a comment": f"# use {GITHUB}\nx = 1",
    "despite a pragma": 'DB_PASSWORD = "S3cure!horse"  # pragma: allowlist secret',
}
BENIGN = {
    "environment": 'import os\nSECRET_KEY = os.environ["SECRET_KEY"]',
    "environment with empty default": 'import os\nSECRET_KEY = os.getenv("SECRET_KEY", "")',
    "placeholder": 'SECRET_KEY = "change-me"',
    "your": 'API_KEY = "your-api-key-here"',
    "angle brackets": 'API_KEY = "<api key>"',
    "dots": 'API_KEY = "..."',
    "template": 'PASSWORD = "${DB_PASSWORD}"',
    "jinja": 'PASSWORD = "{{ db_password }}"',
    "name of a variable": 'SECRET_VARIABLE = "JWT_SECRET"\nJWT_SECRET = "JWT_SECRET"',
    "token type": 'token_type = "bearer"',
    "token kind": 'ACCESS_TOKEN = "access"\nREFRESH_TOKEN = "refresh"',
    "field name": 'PASSWORD = "password"',
    "token url": 'oauth2 = OAuth2PasswordBearer(tokenUrl="token")',
    "header name": 'API_KEY_HEADER = "X-API-Key"\nheader = APIKeyHeader(name="X-API-Key")',
    "message": 'INVALID_PASSWORD = "The password is wrong"',
    "hash": 'password_hash = "x"\nPASSWORD_HASHER = "argon2"',
    "path": 'SECRET_FILE = "/run/secrets/db"\nSECRET = "/run/secrets/db"',
    "f-string": 'def f(token):\n    return {"Authorization": f"Bearer {token}"}',
    "url without password": 'URL = "postgresql://db/shop"',
    "local url": 'URL = "postgresql://postgres:postgres@127.0.0.1/shop"',
    "url from parts": 'def f(user, pw):\n    return f"postgresql://{user}:{pw}@db/shop"',
    "example": "class A:\n    model_config = {'json_schema_extra': {'example': {'password': 'S3cure!horse1'}}}",
    "field example": "password: str = Field(examples=['S3cure!horse1'])",
    "docstring": 'def f():\n    """connect("postgresql://scott:tiger@db/x")"""',
    "uuid": 'TASK_ID = "0b6f2a5e-3d4c-4f7a-9c1e-2d3f4a5b6c7d"',
    "digest": 'IMAGE = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"',
    "revision": 'revision = "1a2b3c4d5e6f"',
    "alphabet": 'ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"',
    "parser token": 'if type_token == "object":\n    pass',
    "generated": "import secrets\nSECRET_KEY = secrets.token_urlsafe(32)",
    "none": "password = None",
    "annotation only": "password: str",
    "pattern": 'PASSWORD_PATTERN = "^[A-Za-z0-9]{8,}$"',
    "length": "PASSWORD_MIN_LENGTH = 8",
    "key of a map": 'cache_key = "orders:latest:v2"',
    "scope": 'SCOPES = {"token:read": "read tokens"}',
}
CONFIG = {
    "svc/.env": "JWT_SECRET=kd93jf7x2\n",
    "svc/config.yaml": "database:\n  password: S3cure!horse\n",
    "svc/config.json": '{"api_key": "kd93jf7x2"}',
    "svc/config.toml": 'secret_key = "kd93jf7x2"\n',
    "svc/config.ini": "[db]\npassword = S3cure!horse\n",
    "svc/Dockerfile": "FROM python:3.12\nENV API_KEY=kd93jf7x2\n",
    "svc/legacy.Dockerfile": "FROM python:3.12\nENV API_KEY kd93jf7x2\n",
    "docker-compose.yml": "services:\n  db:\n    environment:\n      POSTGRES_PASSWORD: S3cure!horse\n",
    "compose.yml": "services:\n  db:\n    environment:\n      - POSTGRES_PASSWORD=S3cure!horse\n",
    "compose.prod.yml": "services:\n  a:\n    environment:\n      URL: redis://default:S3cure1horse@redis:6379\n",
    "svc/run.sh": "export API_TOKEN=kd93jf7x2\n",
    "README.md": f"Use {GITHUB} to log in.\n",
    "svc/key.pem": KEY,
    "svc/settings.yml": "password: ${DB_PASSWORD:-kd93jf7x2}\n",
}
BENIGN_CONFIG = {
    "svc/.env.example": "JWT_SECRET=kd93jf7x2\n",
    "svc/.env": "JWT_SECRET=\nDB_PASSWORD=${DB_PASSWORD}\n# JWT_SECRET=kd93jf7x2\n",
    "svc/config.yaml": "password: ${DB_PASSWORD}\ntoken_url: /token\nsecret_name: db/main\n",
    "docker-compose.yml": "services:\n  db:\n    environment:\n"
    "      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:-postgres}\n"
    "      POSTGRES_PASSWORD_FILE: /run/secrets/db\n    secrets: [db_password]\n",
    "openapi.json": '{"openapi": "3.1.0", "components": {"schemas": {"Login": {"properties": {"password": '
    '{"type": "string", "example": "S3cure!horse1"}}, "example": {"password": "S3cure!horse1"}}}}}',
    "svc/Dockerfile": "FROM python:3.12\nARG API_KEY\nENV API_KEY=$API_KEY\n",
    "poetry.lock": f'hash = "{RANDOM}"\n',
    "svc/tests/test_login.py": 'PASSWORD = "S3cure!horse"\n',
    "svc/conftest.py": 'PASSWORD = "S3cure!horse"\n',
}


@pytest.mark.req("R0-082")
@pytest.mark.parametrize("source", PYTHON.values(), ids=PYTHON.keys())
def test_a_credential_in_code_is_found_once(compute_check, source):
    assert len(compute_check("SEC-SCAN-001", {"svc/app/main.py": source})) == 1


@pytest.mark.req("R0-082")
@pytest.mark.parametrize("source", BENIGN.values(), ids=BENIGN.keys())
def test_code_without_a_credential_is_left_alone(compute_check, source):
    assert compute_check("SEC-SCAN-001", {"svc/app/main.py": source}) == []


@pytest.mark.parametrize("path", CONFIG, ids=CONFIG.keys())
def test_a_credential_in_configuration_is_found(compute_check, path):
    findings = compute_check("SEC-SCAN-001", {path: CONFIG[path], "svc/app/main.py": "x = 1"})
    assert [finding.path for finding in findings] == [path]


@pytest.mark.parametrize("path", BENIGN_CONFIG, ids=BENIGN_CONFIG.keys())
def test_configuration_without_a_credential_is_left_alone(compute_check, path):
    assert compute_check("SEC-SCAN-001", {path: BENIGN_CONFIG[path], "svc/app/main.py": "x = 1"}) == []


def test_the_evidence_does_not_show_the_credential(compute_check):
    (finding,) = compute_check("SEC-SCAN-001", {"svc/a.py": 'DB_PASSWORD = "S3cure!horse"'})
    assert "S3cure!horse" not in finding.model_dump_json()
    assert finding.evidence.startswith("DB_PASSWORD = ")


def test_another_finding_on_the_same_line_does_not_show_it_either(report):
    result = report({"svc/a.py": 'print("postgresql://shop:S3cure!horse@db/x")'})
    assert {finding.check for finding in result.findings} == {"LOG-001", "SEC-SCAN-001"}
    assert "S3cure!horse" not in result.model_dump_json()
