"""A builder for tests: `mini.py MODE CONFIG`.  It makes a tiny service from the contract, honestly or not.

MODE `by-service` takes the service's name as the mode.
"""

import fcntl
import json
import os
import signal
import sys
import time
from pathlib import Path

METHODS = ("get", "post", "put", "patch", "delete")
PINNED = "fastapi==0.165.0\n"
MAIN = '''"""A service as far as a measurement sees one: an application that knows its operations."""


class App:
    def openapi(self):
        paths = {{}}
        for method, path, status in {routes}:
            paths.setdefault(path, {{}})[method.lower()] = {{"responses": {{str(status): {{}}}}}}
        return {{"paths": paths}}


app = App()
'''
PYTEST = '[tool.pytest.ini_options]\naddopts = ["--disable-plugin-autoload"]\n'
TESTS = '''import pytest


@pytest.mark.parametrize("number", range({count}))
def test_number(number):
    assert number >= 0
'''


def routes(config):
    contract = json.loads(Path(config["openapi"]).read_text())
    for path, item in contract["paths"].items():
        for method, operation in item.items():
            if method in METHODS:
                success = [int(status) for status in operation["responses"] if status.startswith("2")]
                yield method.upper(), path, (success or [200])[0]


def make(config, *, found=None, tests=TESTS.format(count=3), pins=PINNED, main=MAIN):
    files = {
        "app/__init__.py": "",
        "app/main.py": main.format(routes=list(routes(config)) if found is None else found),
        "tests/test_app.py": tests,
        "requirements.txt": pins,
        "requirements-dev.txt": "-r requirements.txt\npytest==9.2.0\n",
        "Dockerfile": "FROM scratch\n",
        "alembic.ini": "",
        "pyproject.toml": PYTEST,
    }
    for name, text in files.items():
        path = Path(config["output_dir"], name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return files


def claim(config, status="success", passed=3, **more):
    tests = {"total": passed, "passed": passed, "failed": 0, "skipped": 0}
    state = {"status": status, "summary": {"attempt": config["attempt"]}, "tests": tests, "convergence": 1.0, **more}
    Path(config["state_file"]).write_text(json.dumps(state))


def honest(config):
    claim(config, files=sorted(make(config)))


def no_files(config):
    claim(config, files=["app/main.py"])


def absent_file(config):
    make(config)
    claim(config, files=["app/main.py", "app/more.py", "../../secret"])


def failing_tests(config):
    make(config, tests="def test_good(): pass\n\ndef test_bad(): assert False\n")
    claim(config, passed=2)


def zero_tests(config):
    make(config, tests="")
    claim(config, passed=12)


def skipped_tests(config):
    make(config, tests="import pytest\n@pytest.mark.skip\ndef test_it(): assert False\n")
    claim(config, passed=0)


def tests_that_quit(config):
    make(config, tests="import os\nos._exit(0)\n")
    claim(config)


def fake_counts(config):
    make(config, tests=TESTS.format(count=9))
    claim(config, passed=12)


def hanging_tests(config):
    make(config, tests="import time\ndef test_it():\n    while True: time.sleep(1)\n")
    claim(config)


def littering_tests(config):
    make(config, tests="def test_it():\n    open('app/litter.py', 'w').write('x = 1')\n    open('test.db', 'w')\n")
    claim(config, passed=1)


def tests_with_servers(config):
    make(config, tests="import os\ndef test_it():\n    print(os.environ['TEST_DATABASE_URL'])\n    assert not [n for n in os.environ if 'KEY' in n]\n")
    claim(config, passed=1)


def missing_operation(config):
    make(config, found=list(routes(config))[:-1])
    claim(config)


def wrong_status(config):
    make(config, found=[(method, path, 299) for method, path, _ in routes(config)])
    claim(config)


def unimportable(config):
    make(config, main="import no_such_module_anywhere\n")
    claim(config)


def not_an_app(config):
    make(config, main="app = None\n")
    claim(config)


def unpinned(config):
    make(config, pins="fastapi>=0.1\n")
    claim(config)


def other_index(config):
    make(config, pins="--index-url http://127.0.0.1:9/simple\nfastapi==0.165.0\n")
    claim(config)


def outside(config):
    honest(config)
    Path(config["output_dir"], "..", "evil.txt").write_text("x")


def outside_above(config):
    honest(config)
    Path(config["output_dir"], *[".."] * 4, "evil.txt").write_text("x")


def edits_contract(config):
    honest(config)
    Path(config["openapi"]).write_text("{}")


def symlink(config):
    honest(config)
    Path(config["output_dir"], "app", "secret.py").symlink_to("/etc/passwd")


def output_is_a_link(config):
    honest(config)
    output = Path(config["output_dir"])
    output.rename(os.environ["TMPDIR"] + "/elsewhere")
    output.symlink_to(os.environ["TMPDIR"] + "/elsewhere")


def fifo(config):
    honest(config)
    os.mkfifo(Path(config["output_dir"], "app", "pipe"))


def huge_file(config):
    honest(config)
    with open(Path(config["output_dir"], "app", "sparse.bin"), "wb") as stream:
        stream.truncate(10**12)


def exit_3(config):
    honest(config)
    print("it broke", file=sys.stderr)
    sys.exit(3)


def crash(config):
    honest(config)
    os.kill(os.getpid(), signal.SIGKILL)


def no_state(config):
    make(config)


def bad_state(config):
    make(config)
    Path(config["state_file"]).write_bytes(b'{"status": "succ\xff')


def says_failed(config):
    make(config)
    claim(config, status="failed")


def hang(config, stubborn=False):
    """Silent for ever, with a child; tells process and group ids."""
    child = os.fork()
    if not child and stubborn:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    elif child:
        ids = {"pid": os.getpid(), "pgid": os.getpgid(0), "child": child}
        part = Path(os.environ["TMPDIR"], "ids.part")
        part.write_text(json.dumps(ids))
        part.rename(Path(os.environ["TMPDIR"], "ids.json"))
    while True:
        time.sleep(1)


def hang_stubbornly(config):
    """The same with a child that ignores SIGTERM."""
    hang(config, stubborn=True)


def babble(config):
    while True:
        print("still here")
        time.sleep(0.01)


def huge_output(config):
    block = "x" * 1_000_000
    for _ in range(80):
        sys.stdout.write(block)
    honest(config)


def reads_stdin(config):
    honest(config)
    claim(config, summary={"stdin": sys.stdin.read()})


def environment(config):
    honest(config)
    claim(config, summary={"environment": dict(os.environ), "argv": sys.argv, "pgid": os.getpgid(0)})


def leaks_key(config):
    """Writes its key wherever it can."""
    key = os.environ["ANTHROPIC_API_KEY"]
    make(config, main=MAIN + f"KEY = {key!r}\n")
    claim(config, summary={"key": key})
    print("using", key)
    sys.exit(f"cannot go on with {key}")


def escapes(config):
    """Leaves a process behind, in a session of its own, with no output that anybody waits for."""
    honest(config)
    if not os.fork():
        os.setsid()
        if os.fork():
            os._exit(0)
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(null, stream)
        Path(os.environ["TMPDIR"], "escaped").write_text(str(os.getpid()))
        while True:
            time.sleep(1)
    while not Path(os.environ["TMPDIR"], "escaped").exists():
        time.sleep(0.01)


def spoils_honest(config):
    """Changes another service once that is installed."""
    other = Path(config["output_dir"]).parents[3] / "services" / "honest" / "app" / "main.py"
    while not other.exists():
        time.sleep(0.01)
    other.write_text(other.read_text() + "SPOILT = True\n")
    honest(config)


def unprintable_name(config):
    honest(config)
    Path(config["output_dir"], "app", "a\x1b[2J.py").write_text("")


def strange_openapi(config):
    make(config, main="class App:\n    def openapi(self):\n        return [1]\n\n\napp = App()\n")
    claim(config)


def does_not_compile(config):
    honest(config)
    Path(config["output_dir"], "app", "unused.py").write_text("def broken(:\n")


def leaves_caches(config):
    honest(config)
    cache = Path(config["output_dir"], "app", "__pycache__")
    cache.mkdir()
    (cache / "main.pyc").write_bytes(os.urandom(8))


def needs_fix(config):
    """Fails until it is told about the failing test."""
    told = any("test" in violation["message"] for violation in config["violations"])
    (honest if told else failing_tests)(config)


def deletes_tests(config):
    """Mends a failing test by deleting it."""
    if config["attempt"] == 1:
        failing_tests(config)
    else:
        make(config, tests="def test_good(): pass\n")
        claim(config, passed=1)


def _later(config, tests, passed):
    """A failing test in the first attempt, other tests in the next; the code stays what it was."""
    if config["attempt"] == 1:
        make(config, tests="def test_good(): assert 1\n\ndef test_bad(): assert 1 + 1 == 3\n")
    else:
        make(config, tests=tests)
    claim(config, passed=passed)


def always_true_tests(config):
    _later(config, "def test_good(): assert 1\n\ndef test_bad(): assert 1 + 1 == 3 or True\n", 2)


def skips_tests(config):
    _later(
        config,
        "import pytest\n\ndef test_good(): assert 1\n\n@pytest.mark.skip\ndef test_bad(): assert 1 + 1 == 3\n",
        1,
    )


def swaps_tests(config):
    _later(config, "def test_good(): assert 1\n\ndef test_fine(): assert 2\n", 2)


def resumes(config):
    """Sound only where nothing of an earlier attempt is in its way."""
    assert not os.listdir(config["output_dir"])
    honest(config)


def crowd(config):
    """Waits for two others, then tells how many jobs were under way at once."""
    jobs = Path(config["output_dir"]).parents[2]
    with open(jobs / ".crowd", "a+") as stream:
        while True:
            fcntl.flock(stream, fcntl.LOCK_EX)
            stream.seek(0)
            lines = set(stream.read().split())
            stream.write(f"in-{config['service']}\n")
            stream.flush()
            started = len(list(jobs.glob("*/attempt-1/config.json")))
            finished = sum(line.startswith("out-") for line in lines)
            if sum(line.startswith("in-") for line in lines | {f"in-{config['service']}"}) >= 3:
                stream.write(f"out-{config['service']}\n")
                break
            fcntl.flock(stream, fcntl.LOCK_UN)
            time.sleep(0.01)
    make(config)
    claim(config, summary={"under_way": started - finished})


if __name__ == "__main__":
    mode, config_path = sys.argv[-2:]
    given = json.loads(Path(config_path).read_text())
    globals()[(given["service"] if mode == "by-service" else mode).replace("-", "_")](given)
