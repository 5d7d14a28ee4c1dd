"""Questions to a database: filters in MongoDB's query language, fields by dotted names, answers."""
