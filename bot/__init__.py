"""Housestyle: train a custom illustration style and draw in it, from Slack."""
