"""The proof of the gate: violations and look-alikes planted in healthy systems, and what the gate makes of them."""
