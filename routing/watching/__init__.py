"""What is said when a figure of the monitor passes a bound, and what changes for customers under overload."""
