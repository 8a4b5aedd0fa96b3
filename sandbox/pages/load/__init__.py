"""The load lab: many orders at full speed, and where they wait."""
