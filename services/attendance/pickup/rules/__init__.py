"""Pure: who may take a child, what a code looks like, what is wrong at the gate. No I/O, no clock."""
