"""The sections of a report, one a file: material -> paragraphs, figures and tables."""
