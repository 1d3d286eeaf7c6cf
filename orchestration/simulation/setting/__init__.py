"""What every process starts from: the options, calendars, rates, random numbers, planted effects and master data."""
