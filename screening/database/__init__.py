"""The coating-screening database: where it is, and how it is asked."""

from screening.database.client import CoatingDatabase
from screening.database.stores import StoreLocation

__all__ = ["CoatingDatabase", "StoreLocation"]
