"""Apache Spark as the engine: the statements of the engine written for it, its tables, and a connection to both.

Needs `luotsi[spark]` and Java 17. What the statements mean stands where they are built; here is only how Spark says it.
"""
