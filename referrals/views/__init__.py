"""The doors of the directory: `public` for everybody, `manage` for the staff."""
