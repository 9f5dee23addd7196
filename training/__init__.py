"""What makes `models/`, from pictures that it draws itself."""
