"""Flows whose jobs FireWorks manages, in its database, the LaunchPad.

In FireWorks' words a job is a *firework*, a flow a *workflow*, and a start of a job a *launch*.
"""
