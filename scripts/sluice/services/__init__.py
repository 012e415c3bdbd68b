"""The three Build 1 services: Architect, Contract Engine and Codebase Intelligence."""
