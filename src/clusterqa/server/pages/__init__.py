"""The routes for people: pages that work without a script."""
