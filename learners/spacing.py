"""When something that was missed is to be tried again: after a day, a week and a month."""

# Days until the next review, by the number of good reviews since the last miss. After the last one it is finished.
DAYS = (1, 7, 30)
