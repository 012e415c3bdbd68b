"""The Codebase Intelligence: keeps source files by their content and knows where their symbols are defined."""
