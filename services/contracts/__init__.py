"""The words on the wire: ids, facts, internal requests and answers. Pydantic only."""
