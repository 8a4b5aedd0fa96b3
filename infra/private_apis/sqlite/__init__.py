"""Django's SQLite, with writers that queue up for the database instead of trying now and then."""
