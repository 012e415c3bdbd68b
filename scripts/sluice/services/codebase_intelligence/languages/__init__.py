"""What is known of each language: `languages.toml` and one query file each; and what reads source text with them."""
