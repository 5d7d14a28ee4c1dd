"""A site: the configuration of one cluster, the files written from it, and the cluster's scheduler."""

from workflows.queue.site.site import SITE_FILE, Site, site_folder

__all__ = ["SITE_FILE", "Site", "site_folder"]
