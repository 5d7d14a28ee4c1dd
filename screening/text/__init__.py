"""Text for terminals, spreadsheets and tables: what of it may be shown, and how."""
