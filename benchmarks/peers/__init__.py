"""One module per way of doing the core's work; each has `run(county)`, and all must give the same frame.

The work: link each stay to its roster entry by ID, name and day; 新农合 by level with its yearly cap; 医疗救助 on what
that leaves, by class and bands, with its yearly cap; claimed beside due; the findings. RESULT says what comes out.
"""

RESULT = (
    "row",
    "basic_due",
    "basic_payable",
    "basic_deducted",
    "basic_shortfall",
    "aid_due",
    "aid_payable",
    "aid_deducted",
    "aid_shortfall",
    "offset",
    "owed",
    "codes",
)
"""A row per stay, in the order of the file, all Int64 fen; what is not due but bounded has −1 for `basic_due`. `codes`
is the sum of `CODES` over the stay's findings."""

CODES = {
    ("AM01", "basic"): 1,
    ("CA01", "basic"): 2,
    ("AM07", "basic"): 4,
    ("CA02", "basic"): 8,
    ("AM01", "assistance"): 16,
    ("CA01", "assistance"): 32,
    ("CA02", "assistance"): 64,
    ("RO01", "assistance"): 128,
    ("RO04", "assistance"): 128,
    ("RO02", "assistance"): 256,
    ("AM02", "basic"): 512,
    ("AM02", "assistance"): 1024,
}
"""The findings every way has to make; claimed without a right is one, listed or not."""
