"""Verbs that answer one question about a material or a contact of two materials."""
