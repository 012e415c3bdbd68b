"""Pure renderers: artifacts in, text out."""
