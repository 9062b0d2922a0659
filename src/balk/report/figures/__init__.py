"""The pictures of a report, one a file: numbers and tables -> Altair charts."""
