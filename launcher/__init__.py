"""How the product starts: environments, model, processes. Standard library only; runs on any Python 3.9 or newer."""
