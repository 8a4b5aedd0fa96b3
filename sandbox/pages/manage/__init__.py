"""Forms with which a learner keeps a run, on its own page or in the list: name, share, explain, delete."""
