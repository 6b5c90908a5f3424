"""What a merchant can do, one journey a file: each names its commands and buttons, takes a Turn, gives a Reply."""
