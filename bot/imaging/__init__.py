"""What strangers send: fetched with suspicion, and opened in a process of its own."""
