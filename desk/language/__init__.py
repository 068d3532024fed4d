"""Reading Chinese as customers write and say it: numbers, dates, times, addresses, dangers. Standard library only."""
