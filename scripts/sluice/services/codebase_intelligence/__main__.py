"""This service by itself: `python -m sluice.services.codebase_intelligence --stdio`, or `--port 8000`."""

import sys

from sluice.services.alone import run_alone
from sluice.services.codebase_intelligence.app import service

sys.exit(run_alone("sluice.services.codebase_intelligence", service, sys.argv[1:], stores=True))
