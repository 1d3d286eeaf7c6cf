"""`make faults`: the product is disturbed in every way that is known, and one function checks its promises each time."""
