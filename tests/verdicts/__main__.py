"""`python -m tests.verdicts [ID or FAMILY …]`: the table of verdicts."""

from tests.verdicts.table import main

if __name__ == "__main__":
    main()
