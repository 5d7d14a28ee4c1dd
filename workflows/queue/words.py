"""Words and numbers that modules of the queue share; this module imports nothing, so that the program's help is quick.

What is stored in a job database stays as it is here: flows submitted before an update are read after it.
"""

LABEL = "coatscreen"  # the key of this project's data in the metadata of flows and jobs, and in FireWorks' specs
COLLECTING = "collect the result"  # the name of the last job of a flow
NEEDS = "needs "  # how the error of a job begins that failed because a job it needs had failed

# What a worker is told to run. These names are stored with every job, so `workflows.queue.tasks` does not move.
RUN_JOB = "workflows.queue.tasks.run_job"
COLLECT_RESULT = "workflows.queue.tasks.collect_result"
RUN_REMOTE_JOB = "workflows.queue.tasks.run_remote_job"
COLLECT_REMOTE_RESULT = "workflows.queue.tasks.collect_remote_result"
WORKER = "workflows.queue.fireworks.worker"  # stands in queue scripts that may wait while coatscreen is updated

LOST_PINGS = 5  # a running job is lost after so many signs of life have failed to come
MOST_ATTEMPTS = 3  # a job lost so often would be lost again: it may need more time or memory than its queue job has
INSTALL = "python -m pip install 'coatscreen[cluster]'"
