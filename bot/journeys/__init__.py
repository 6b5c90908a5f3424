"""What a merchant can do, one journey a file: each takes a Turn and gives a Reply."""
