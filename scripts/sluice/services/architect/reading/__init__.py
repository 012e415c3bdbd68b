"""What the document says: its tree, and the services, entities, endpoints and events that it names."""
