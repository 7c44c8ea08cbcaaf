"""How domain values look in Slack, and how they get there; the only room that knows Block Kit."""
