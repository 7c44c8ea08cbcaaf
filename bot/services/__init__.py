"""One class for each thing a person could name; strangers to each other, they meet in the store."""
