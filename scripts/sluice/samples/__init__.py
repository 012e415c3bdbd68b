"""Product requirements documents shipped with Sluice."""
