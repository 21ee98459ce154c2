"""Releases as the web reads them: published numbers and definitions, and the pointer to the current one."""
