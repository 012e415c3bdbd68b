"""Frozen artifacts that phases hand to each other."""
