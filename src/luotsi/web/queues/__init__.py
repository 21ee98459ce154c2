"""Work queues: matters of persons that wait for a unit, who takes them, what becomes of them, and by when."""
