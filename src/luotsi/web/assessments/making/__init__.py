"""Making forms: changing a draft, and how a form comes to be published."""
