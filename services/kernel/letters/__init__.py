"""Letters: facts that one service tells another, at least once on the way, exactly once in effect."""
