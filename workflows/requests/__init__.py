"""Requests: each is prepared (checked, and its graph built), run here or on a queue, and its result collected."""
