"""A database in the browser: its rankings as a report, its rows as tables to filter, and its documents for programs.

What is served is a copy with flat rows in a temporary file. The user's own database is read once and never written to.
"""
