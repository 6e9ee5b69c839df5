"""One typed caller per neighbour."""
