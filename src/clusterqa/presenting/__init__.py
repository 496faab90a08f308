"""The words in which people are told: for the terminal, chat clients, files and the page.

Codes and facts go in, sentences in a reader's language come out; nothing reads a sentence back. All
words stand in `words.toml`: a language more is a key more in each of its entries, and its name in
`catalogue.LANGUAGES`.
"""
