"""The embedded database: a maggma store on SQLite with checksums and indexed columns."""
