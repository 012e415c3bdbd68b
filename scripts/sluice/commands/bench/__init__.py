"""`nox -s bench`: figures of this machine, taken side by side in one run; a report, never a test."""
