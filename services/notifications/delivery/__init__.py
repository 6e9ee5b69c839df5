"""How a message goes: channel after channel, every attempt a row, doubts named."""
