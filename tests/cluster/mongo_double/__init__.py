"""A double of MongoDB for tests: mongomock-ng served over MongoDB's wire protocol, with a journal.

It stands in for a server where none can be had. It is no MongoDB: it keeps everything in memory, searches without
indexes, knows neither replica sets nor transactions, and answers what it does not know with an error.
"""
