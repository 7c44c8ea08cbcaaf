"""The port `Store` on a database; nothing above this room knows which one, or writes SQL."""
