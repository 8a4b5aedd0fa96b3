"""The setup page, where a run is chosen in a form or on the picture of its plan."""
