"""What people decided about single stays (处理意见): which stay is meant, what it changes, and whether it may.

A released stay is settled as if the finding were not there; a refused one is rejected; a category that was recognised
applies; a deduction or a payment of what is owed is booked as said. Contract section 4.
"""
