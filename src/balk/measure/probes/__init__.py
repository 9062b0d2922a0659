"""What probes were answered: replies -> points understood, reasons stated, policies advised."""
