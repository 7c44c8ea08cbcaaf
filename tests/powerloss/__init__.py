"""Power loss on SQLite: what is left on a disk that kept only some of what it was not told to flush."""
