"""What a coating is judged by: quantities, criteria and Pareto ranks."""
