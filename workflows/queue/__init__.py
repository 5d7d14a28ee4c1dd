"""Flows on a cluster.

A *flow* is a graph of *jobs*. A job manager, FireWorks or jobflow-remote, keeps both in the *job database* of a *site*,
the configuration of one cluster. A *queue job* is a job of the cluster's scheduler: coatscreen or jobflow-remote's
runner *launches* it, and the *worker* in it *starts* jobs one after another until none is ready or its time is nearly
over. A job whose worker was killed is *lost*; a recovery lets it *run again*, or *gives it up*.
"""
