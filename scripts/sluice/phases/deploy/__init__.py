"""Phase 6: deploy the built services, test them against their contracts, and follow an entity across them."""
