"""The day as a whole: laid out in the morning, closed when every child is accounted for."""
