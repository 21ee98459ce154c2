"""The design system: tokens, components, base templates, charts, the forms of dates and numbers."""
