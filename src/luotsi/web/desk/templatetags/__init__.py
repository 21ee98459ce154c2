"""What only templates of the desk can say."""
