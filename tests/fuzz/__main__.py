"""`python -m tests.fuzz --minutes 10 [--target NAME …]`: fuzz for a while, and print what came of it."""

from tests.fuzz.table import main

if __name__ == "__main__":
    main()
