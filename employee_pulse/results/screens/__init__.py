"""What each page of results shows, put together from frozen figures."""
