"""Stage 4, why: mechanisms as probability models, with exact samplers."""
