"""CKAN's read API over this catalogue: https://docs.ckan.org/en/2.11/api/; docs/ckan-api.md says what means what."""
