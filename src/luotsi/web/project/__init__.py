"""Puts the apps together: settings, addresses, the database server, the way in for a web server and for management."""
