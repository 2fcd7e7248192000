"""Support-grants: programmes and plans with their target clauses and tasks, and what was done about them, with evidence.

Plans, targets and tasks are public. Activities belong to the place that reports them; a merged place goes on with the
plans of those it was made of. Nothing is overwritten: every text and every version can be asked for as it was known.
"""
