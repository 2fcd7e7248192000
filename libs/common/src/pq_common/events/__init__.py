"""Events on their way: the bus port and its two implementations, the relay that sends, the readers that consume."""
