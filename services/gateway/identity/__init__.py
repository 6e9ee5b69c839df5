"""Who somebody is: accounts, phones, consents, sessions, and what was done with them."""
