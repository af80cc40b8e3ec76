"""Counties with known patterns in them, to see which of them the leads of an inspection bring up, and how early.

Run `python -m benchmarks.planted [COUNTIES] [FIRST SEED]`. A county is made up from its seed: hospitals of different
habits, families, chronic patients who come back, transfers, outbreaks, courses of treatment, screening days, slips in
IDs and claims; into it one instance of each pattern is planted. Nothing here knows a table or a threshold of the leads.
"""
