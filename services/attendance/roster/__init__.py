"""What attendance knows of a school: its own copy, so that scanning works while enrollment is down."""
