"""One module a report: each exposes `REPORT`."""
