"""What people read: HTML, and at the same addresses RDF. One module a noun."""
