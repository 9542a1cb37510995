"""What people keep an eye on, and telling them what became of it: in digests by mail and in feeds of their own."""
