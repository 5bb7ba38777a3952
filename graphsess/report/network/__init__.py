"""Interactive graphs as one HTML file: pyvis' network in a page of our own."""
