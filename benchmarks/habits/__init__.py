"""Made-up counties whose hospitals reckon wrongly in known ways, priced in plain fractions that share nothing with the tool."""
