"""What a learner does with a run to keep it, from its own page or from the list: name, share, explain, delete."""
