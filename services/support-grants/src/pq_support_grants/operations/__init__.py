"""What this service can do: each locks, decides, changes and announces in the caller's transaction."""
