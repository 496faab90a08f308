"""The words in which people are told: for the terminal, chat clients and the page."""
