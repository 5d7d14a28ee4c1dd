"""The check of a site: every link between this machine, the database, the queue and its nodes."""
