"""The mock interview of a lesson: questions, what each level hopes to hear, and what a learner said."""
