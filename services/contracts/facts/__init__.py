"""Facts, a page for each sender. A fact's class says who hears it."""
