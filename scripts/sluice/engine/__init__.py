"""Plan, run and record phases; knows a phase only as a type."""
