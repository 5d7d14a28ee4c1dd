#!/bin/bash -l
#SBATCH --job-name=$${job_name}
#SBATCH --time=$${walltime}
#SBATCH --partition=$${queue}
#SBATCH --account=$${account}
#SBATCH --nodes=1
#SBATCH --ntasks=$${ntasks}
#SBATCH --cpus-per-task=$${cpus_per_task}
#SBATCH --mem=$${memory}
#SBATCH --output=$${log}
#SBATCH --no-requeue
$${options}

$${pre_rocket}
cd "$SLURM_SUBMIT_DIR"
$${rocket_launch}
$${post_rocket}
