"""What it means: who owns what, what operations do, what depends on what."""
