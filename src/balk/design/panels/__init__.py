"""Panels: named lists of subjects, one YAML file each. Names of models age; edit a copy."""
