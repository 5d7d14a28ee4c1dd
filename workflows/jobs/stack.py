"""The job that finds stacks of coatings."""

from __future__ import annotations

from screening.searches.stacks import stacks
from screening.searches.stacks.stack_documents import StacksDocument
from workflows.jobs import as_job

best_stacks = as_job(stacks.best_stacks, output_schema=StacksDocument)
