"""The Architect: from the text of a PRD to services, entities, events, contracts and open questions."""
