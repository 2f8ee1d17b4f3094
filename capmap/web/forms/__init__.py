"""What people fill in; errors stand beside their field."""
