"""The service directory: who offers what, where, when, to whom, and how people find it in their own words."""
