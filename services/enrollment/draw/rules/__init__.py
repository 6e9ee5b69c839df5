"""The draw as pure judgement: from a book to everybody's places, computed alike by everybody (decisions 15, 16)."""
