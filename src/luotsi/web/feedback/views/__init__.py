"""The pages of this app: giving feedback, published results, and what staff see."""
