"""Forms that a person is asked to fill: before an appointment, or at an age."""
