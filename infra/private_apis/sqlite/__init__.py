"""Django's SQLite backend, with writers that queue up for the database instead of trying again now and then."""
