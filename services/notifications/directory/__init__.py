"""Who can be told: a copy of each school's people, and which account reads for whom."""
