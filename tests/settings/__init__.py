"""The settings of a shop, changed through the doors."""
