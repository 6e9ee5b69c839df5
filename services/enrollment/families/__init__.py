"""Children, their guardians and who may collect them."""
