"""Rules of plans, tasks and activities: pure functions over frozen facts."""
