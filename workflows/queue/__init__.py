"""Flows on a cluster: the site's configuration, its check, and what runs there."""
