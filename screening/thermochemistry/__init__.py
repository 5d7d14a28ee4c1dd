"""Free energies of solids and gases at temperature."""
