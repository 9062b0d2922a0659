"""Stage 2, who is asked: prompt -> reply. The only folder that imports Inspect."""
