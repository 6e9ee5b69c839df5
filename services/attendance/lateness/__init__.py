"""Nobody came: the ladder that climbs until a person releases the child."""
