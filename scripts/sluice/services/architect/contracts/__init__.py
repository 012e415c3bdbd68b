"""What is promised: OpenAPI and AsyncAPI documents."""
