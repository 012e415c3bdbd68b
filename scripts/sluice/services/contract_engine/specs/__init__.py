"""Validation of OpenAPI and AsyncAPI documents; knows neither HTTP nor the database."""
