"""A run's page as fragments, rendered from its board; a frame holds those that changed between two boards.

The page, a reload, the live stream and the scrubber all show the same fragments, so that a page does not depend on how
it was reached.
"""
