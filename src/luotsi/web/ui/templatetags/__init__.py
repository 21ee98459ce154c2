"""What templates can say: components (`ui`) and the forms of numbers and dates (`formats`)."""
