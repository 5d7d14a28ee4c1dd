#!/bin/bash -l
#$ -S /bin/bash
#$ -N $${job_name}
#$ -l h_rt=$${walltime}
#$ -q $${queue}
#$ -P $${account}
#$ -pe $${parallel_env} $${cores}
#$ -l h_vmem=$${memory}
#$ -cwd
#$ -j y
#$ -r n
$${options}

$${pre_rocket}
cd "$SGE_O_WORKDIR"
$${rocket_launch}
$${post_rocket}
