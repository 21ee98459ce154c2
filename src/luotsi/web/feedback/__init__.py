"""Client feedback: ways to give it, its themes and mood, cases to answer, and what is told in public."""
