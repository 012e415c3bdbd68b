"""Builders: one plug-in each, exposed as `BUILDER`."""
