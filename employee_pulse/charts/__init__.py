"""Drawing plain data; knows no table and no request."""
