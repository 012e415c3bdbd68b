"""Exact versions of what generated services need; what a service does not use is left out."""

_BASE = {
    "alembic": "1.20.1",
    "annotated-doc": "0.0.7",
    "annotated-types": "0.8.0",
    "anyio": "4.16.0",
    "click": "8.5.1",
    "fastapi": "0.165.0",
    "h11": "0.16.0",
    "idna": "3.20",
    "mako": "1.4.3",
    "markupsafe": "3.0.4",
    "opentelemetry-api": "1.45.2",
    "psycopg[binary]": "3.3.9",
    "psycopg-binary": "3.3.9",
    "pydantic": "2.14.3",
    "pydantic-core": "2.50.4",
    "pydantic-settings": "2.16.3",
    "python-dotenv": "1.2.4",
    "sqlalchemy": "2.1.9",
    "starlette": "1.10.0",
    "typing-extensions": "4.16.0",
    "typing-inspection": "0.4.5",
    "uvicorn": "0.54.0",
}
_TOKENS = {"pyjwt": "2.15.1"}
_PASSWORDS = {"argon2-cffi": "25.1.0", "argon2-cffi-bindings": "26.2.0", "cffi": "2.1.1", "pycparser": "3.12"}
_EVENTS = {"redis": "8.1.0"}
_TESTS = {
    "httpcore2": "2.16.2",
    "httpx2": "2.16.2",
    "iniconfig": "2.3.1",
    "packaging": "26.3",
    "pluggy": "1.7.0",
    "pygments": "2.21.0",
    "pytest": "9.2.0",
    "truststore": "0.10.5",
}


def runtime(*, tokens: bool, passwords: bool, events: bool) -> list[str]:
    """`name==version` of all that a service needs to run, sorted, dependencies of dependencies included."""
    chosen = _BASE | (_TOKENS if tokens else {}) | (_PASSWORDS if passwords else {}) | (_EVENTS if events else {})
    return [f"{name}=={version}" for name, version in sorted(chosen.items())]


def development() -> list[str]:
    """What a service's tests need besides."""
    return [f"{name}=={version}" for name, version in sorted(_TESTS.items())]
