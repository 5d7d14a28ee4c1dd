"""A site: the configuration of one cluster, the files written from it, and the cluster's scheduler."""

from workflows.queue.site.site import (
    LOST_PINGS,
    MISSING,
    SITE_FILE,
    Site,
    prepare_launchpad,
    reset_launchpad,
    site_folder,
)

__all__ = ["LOST_PINGS", "MISSING", "SITE_FILE", "Site", "prepare_launchpad", "reset_launchpad", "site_folder"]
