"""What Slack sends us: read it, ask one service, acknowledge, done."""
