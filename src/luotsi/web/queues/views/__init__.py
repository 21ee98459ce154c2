"""The pages of work queues: for professionals and leaders, and for the person whose matter waits."""
