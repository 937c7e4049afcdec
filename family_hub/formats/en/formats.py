"""English: the month in full, and PM without dots, so that no sentence ends in two of them."""

DATE_FORMAT = "F j, Y"
TIME_FORMAT = "g:i A"
DATETIME_FORMAT = "F j, Y, g:i A"
