"""The jobs of a coating screening: each is a function of :mod:`screening.coatings.tasks`."""

from __future__ import annotations

from screening.cathodes.lithium_potentials import CathodeDocument
from screening.coatings import ranking_request as requested
from screening.coatings import tasks
from screening.coatings.coating_documents import BareInterface
from screening.coatings.ranking_request import RankingRequest
from screening.coatings.samples import SampledCathode, SampledMaterial
from workflows.jobs import as_job

LARGE = ["results"]  # of a batch: kept apart, since a document of MongoDB must not pass 16 MB

cathode_states = as_job(tasks.cathode_states, output_schema=CathodeDocument)
material_properties = as_job(tasks.material_properties, output_schema=tasks.PropertiesBatch, data=LARGE)
bare_interface = as_job(tasks.bare_interface, output_schema=BareInterface)
coating_contacts = as_job(tasks.coating_contacts, output_schema=tasks.ContactBatch, data=LARGE)

sampled_cathode = as_job(tasks.sampled_cathode, output_schema=SampledCathode)
sampled_properties = as_job(tasks.sampled_properties, output_schema=tasks.SampledBatch, data=LARGE)
sampled_bare_interface = as_job(tasks.sampled_bare_interface, output_schema=SampledMaterial)
sampled_contacts = as_job(tasks.sampled_contacts, output_schema=tasks.SampledBatch, data=LARGE)


ranking_request = as_job(
    requested.ranking_request, output_schema=RankingRequest, data=["coatings", "nominal", "sampled"]
)
