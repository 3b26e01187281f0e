"""Exports in the API, plugged in by `exports.plugin`."""
