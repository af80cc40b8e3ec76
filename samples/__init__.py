"""Made-up counties to practise on, and one provoking case per finding."""
