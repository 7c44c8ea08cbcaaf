"""Runware, where styles are trained and pictures drawn: its language (pure) and its mouth (httpx)."""
