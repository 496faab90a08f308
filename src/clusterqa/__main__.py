"""`python -m clusterqa`."""

from clusterqa.cli import main

main()
