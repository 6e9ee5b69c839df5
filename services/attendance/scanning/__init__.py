"""Teachers' phones: batches of scans, early, late, twice and out of order."""
