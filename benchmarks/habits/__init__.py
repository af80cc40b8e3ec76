"""Made-up counties whose hospitals reckon wrongly in known ways, in plain fractions that know nothing of the tool."""
