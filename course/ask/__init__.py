"""Answers learners' questions with passages of the lessons, word for word, and says where a lesson has no answer."""
