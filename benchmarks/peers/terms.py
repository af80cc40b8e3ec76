"""What the document says, for the ways that are not onestop, in fen and percent."""

ROSTER_RATE = {"township": 80, "county": 70, "city": 60, "province": 50}
"""新农合 for people on the roster; the others get five points less, after a deductible nobody states."""
LESS = 5
BASIC_CAP, AID_CAP = 3_500_000, 600_000
BANDS = ((0, 60), (50_000, 65), (100_000, 70), (150_000, 75), (200_000, 80), (500_000, 85))
"""Lower edge and percent: each percent on the part of the rest above its edge and below the next."""
ALL_PAID, FLAT, FLAT_RATE = "五保户", "重点优抚对象", 80
NEAR = 9_500
"""Ten-thousandths of a cap from which it counts as near."""
