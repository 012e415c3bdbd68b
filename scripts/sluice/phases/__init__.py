"""The seven phases; one module or package each."""
