"""A laboratory for the audit: styles drawn from seeds, with strangers planted among them.

`python -m tests.style_lab` measures how many of the planted are found, and how many others are accused.
"""
