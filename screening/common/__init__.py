"""What every package uses: errors, files, locks, processes, and what a result says of itself.

Two words say that something is not there. A document that lacks something says why in its field ``why_missing``, in
one line; it is None if nothing is missing. A result of many parts names those that could not be computed in its field
``failed``, a dictionary from the name of the material, job or file to the reason.
"""
