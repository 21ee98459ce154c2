"""What the templates of this app can say besides the components of the house."""
