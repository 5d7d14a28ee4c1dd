"""Flows whose jobs jobflow-remote manages.

jobflow-remote knows each id of a job once, while a job that is identified by its content may belong to several flows.
So each of its jobs has an id of its own and runs one of ours, whose output goes into the site's job store.
"""
