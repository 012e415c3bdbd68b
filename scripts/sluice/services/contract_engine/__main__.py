"""This service by itself: `python -m sluice.services.contract_engine --stdio`, or `--port 8000`."""

import sys

from sluice.services.alone import run_alone
from sluice.services.contract_engine.app import service

sys.exit(run_alone("sluice.services.contract_engine", service, sys.argv[1:], stores=True))
