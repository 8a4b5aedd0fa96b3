"""The bench: how a run is to go, chosen in a form or on the picture of its plan."""
