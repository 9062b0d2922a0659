"""Prompt wording: one template file per interface and protocol."""
