"""Free text: names and codes masked, then what it is about and in which mood. Pure text in, plain values out."""
