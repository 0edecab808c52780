"""Walk folders and archives: what is read, what is left out, and why."""
