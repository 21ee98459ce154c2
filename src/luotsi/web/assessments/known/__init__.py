"""What is known of a person by what they have answered, as FHIR Observations."""
