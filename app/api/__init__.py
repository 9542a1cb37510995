"""What programs read: JSON, OpenAPI, dumps, health."""
