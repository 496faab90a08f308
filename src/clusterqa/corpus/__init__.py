"""The documents that there are: the manifest, and what is known of each; own documents beside it.

Nothing is imported here, for the command line starts light.
"""
