"""Sources that mean harm to whoever reads them."""

import pytest

LONG = "x" * 300_000


@pytest.mark.parametrize(
    "files",
    [
        {"svc/a.py": "A = list[A]\nfrom fastapi import FastAPI\napp = FastAPI()\n@app.get('/x')\ndef x() -> A: ...\n"},
        {"svc/a.py": "from a import b\nfrom b import a\na = b\nb = a\n"},
        {"svc/a.py": "class A(B): pass\nclass B(A): pass\nfrom fastapi import FastAPI\napp = FastAPI()\n"},
        {"svc/a.py": "from fastapi import APIRouter\nr = APIRouter()\nr.include_router(r)\n"},
        {"svc/a.py": "def f():\n    return f()\nfrom fastapi import FastAPI\napp = f() or FastAPI()\n"},
        {
            "svc/a.py": "\n".join(f"a{n} = a{n + 1} + a{n + 1}" for n in range(40))
            + "\nprint_to = {'a': a0}\nCORS(a0)\n"
        },
        {"svc/a.py": f"x = '{LONG}'\n"},
        {"svc/a.py": "".join(f"a{n} = a{n + 1}.b.c\n" for n in range(600)) + "bus.publish(a0.b.c)\n"},
        {
            "svc/a.py": "def f(self, x):\n    y = self.g(x).h\n    x = y.z.h\n    y = x.z.g\n    bus.publish(x.y.z.h)\n"
            "class A:\n    def __init__(self, b):\n        self.b = b.b.b\n        b = self.b.c\n"
            "        bus.publish(b.c.b)\n"
        },
        {"svc/a.py": "CORSMiddleware(app, allow_origin_regex='((a*)*)*b')\n"},
        {"svc/a.yaml": "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: &d [*c, *c]\ne: [*d, *d]\n", "svc/a.py": ""},
        {"svc/a.yaml": "openapi: 3.1.0\nx: !!python/object/apply:os.system ['touch x']\n", "svc/a.py": ""},
        {"svc/a.json": "[" * 20_000, "svc/a.py": ""},
        {"svc/Dockerfile": "RUN \\\n" * 2000, "svc/a.py": ""},
        {"svc/Dockerfile": f"FROM {LONG}\n", "svc/a.py": ""},
        {"svc/.env": f"A={' ' * 300_000}x\n", "svc/a.py": ""},
        {"docker-compose.yml": "services: [1, 2]\n", "svc/a.py": ""},
        {
            "docker-compose.yml": "services:\n  a: nonsense\n  b: {build: 1, labels: 2, command: {a: b}}\n",
            "svc/a.py": "",
        },
        {"svc/openapi.json": '{"openapi": "3.1.0", "paths": {"/x": {"get": {"responses": 1}}}}', "svc/a.py": ""},
        {"svc/openapi.json": '{"openapi": "3.1.0", "paths": {"/x": {"$ref": "#/paths/~1x"}}}', "svc/a.py": ""},
        {
            "svc/asyncapi.json": '{"asyncapi": "3.0.0", "channels": [], "operations": {"a": {"channel": 1}}}',
            "svc/a.py": "",
        },
    ],
)
def test_no_check_crashes_or_hangs(report, files):
    result = report(files)
    assert [run.error for layer in result.layers for run in layer.checks if run.error] == []


def test_deep_nesting_is_refused_not_followed(report):
    result = report({"svc/a.py": "x = " + "(" * 5000 + "1" + ")" * 5000 + "\n"})
    assert result.overall_verdict == "failed"
    assert {finding.check for finding in result.findings} == {"PARSE-001"}


def test_no_code_that_is_judged_is_run(report, tmp_path):
    report({"svc/a.py": f"open({str(tmp_path / 'ran')!r}, 'w')\n", "svc/conftest.py": "raise SystemExit\n"})
    assert not (tmp_path / "ran").exists()


def test_a_nul_byte_does_not_hide_code(compute_check):
    (finding,) = compute_check("PARSE-001", {"svc/app/main.py": "x = 1\n\0print('x')\n"})
    assert finding.path == "svc/app/main.py"
