"""Files that people attach to their answers: what is taken, how it is kept, who opens it."""
