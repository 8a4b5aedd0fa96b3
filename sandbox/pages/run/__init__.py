"""A run's page as parts, rendered from its board; a frame is what changed between two boards.

The page, a reload, the live stream and the scrubber all show these parts, so that a page is the same however one came
to it.
"""
