"""The joint inspection: leads, draws, papers and what comes back; no file formats."""
