#!/bin/bash -l
#PBS -S /bin/bash
#PBS -N $${job_name}
#PBS -l walltime=$${walltime}
#PBS -q $${queue}
#PBS -A $${account}
#PBS -l nodes=1:ppn=$${cores}
#PBS -l mem=$${memory}
#PBS -j oe
#PBS -r n
$${options}

$${pre_rocket}
cd "$PBS_O_WORKDIR"
$${rocket_launch}
$${post_rocket}
