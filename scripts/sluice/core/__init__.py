"""Errors, configuration, processes and files; knows nothing of phases."""
